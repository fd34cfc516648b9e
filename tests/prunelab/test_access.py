"""The command line of access: refusing to serve strangers, users' lines, tokens."""

from __future__ import annotations

import stat
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from backend.access.key import Key
from backend.access.tokens import Tokens
from backend.access.users import Users
from backend.settings import Settings
from backend.store.engine import make_engine
from prunelab.cli import cli
from prunelab.up import _address, _data_directory, _ready
from pruning.events import End

PASSWORD = "correct horse"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRUNELAB_HOME", str(tmp_path))
    return tmp_path


def prunelab(*arguments: str, typed: str = ""):
    return CliRunner().invoke(cli, arguments, input=typed)


@pytest.mark.parametrize("command", ["up", "web"])
def test_a_server_that_others_reach_wants_a_password(home: Path, command: str):
    done = prunelab(command, "--host", "0.0.0.0", "--port", "1")
    assert done.exit_code == 1
    [line] = done.stderr.splitlines()
    assert "PRUNELAB_PASSWORD" in line
    assert "PRUNELAB_USERS" in line
    assert not (home / "logs").exists(), "nothing was started"


def test_a_server_on_all_addresses_is_found_at_this_machines():
    assert _address("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert _address("::", 80) == "http://[::1]:80"
    assert _address("192.168.1.5", 80) == "http://192.168.1.5:80"


def test_a_server_is_asked_as_people_ask_it(home: Path, monkeypatch: pytest.MonkeyPatch):
    asked = []

    def get(url: str, headers: dict[str, str], timeout: int) -> httpx2.Response:
        asked.append((url, headers))
        return httpx2.Response(200)

    monkeypatch.setattr(httpx2, "get", get)
    for host, named, headers in (
        ("::1", None, {}),
        ("127.0.0.2", "a.example,b.example", {"Host": "a.example"}),
        ("127.0.0.1", "*.example.org", {"Host": "example.org"}),
        ("127.0.0.1", "*", {}),
    ):
        values = {"hosts": named} if named else {}
        assert _ready(Settings(**values), host, 80)
        assert asked.pop() == (f"{_address(host, 80)}/readyz", headers)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_data_directory_is_made_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    homes = [tmp_path / f"{n}" / "home" for n in range(4)]
    with _data_directory(homes[0]):
        assert (homes[0] / "logs").is_dir()
    assert Key(Settings(home=homes[1])).bytes
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("prunelab.cli.execute", lambda *_: iter([End(status="done")]))
    commands = (["token", "notebook"], ["run", "toy"])
    for home, command in zip(homes[2:], commands, strict=True):
        monkeypatch.setenv("PRUNELAB_HOME", str(home))
        assert prunelab(*command).exit_code == 0
    assert [mode(home) for home in homes] == [0o700] * 4
    there = tmp_path / "there"
    there.mkdir()
    there.chmod(0o755)
    with _data_directory(there):
        assert mode(there) == 0o755


def test_a_data_directory_that_cannot_be_made_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("PRUNELAB_HOME", str(tmp_path / "file" / "home"))
    done = prunelab("run", "toy")
    assert done.exit_code == 1
    [line] = done.stderr.splitlines()
    assert "PRUNELAB_HOME" in line


def test_a_line_for_the_users_file_lets_its_user_in(home: Path):
    done = prunelab("password", "ada", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output, "neither echoed nor kept"
    file = home / "users"
    file.write_text(done.stdout)
    settings = Settings(home=home, users=file)
    users = Users(settings, Key(settings))
    assert users.log_in("ada", PASSWORD)
    assert users.log_in("ada", "incorrect") is None


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [("ada", "short", "at least 8"), ("a:b", PASSWORD, "a name takes"), ("", PASSWORD, "a name")],
)
def test_a_line_that_would_be_no_good_is_refused(home: Path, name: str, typed: str, said: str):
    done = prunelab("password", name, typed=f"{typed}\n{typed}\n")
    assert done.exit_code == 1
    assert said in done.stderr
    assert "argon2" not in done.stdout


def test_a_token_is_printed_once(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PRUNELAB_PASSWORD", PASSWORD)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    done = prunelab("token", "notebook")
    assert done.exit_code == 0, done.output
    engine = make_engine(Settings().database_url)
    tokens = Tokens(engine)
    assert tokens.user(done.stdout.strip()) == "owner"
    assert [token.name for token in tokens.of("owner")] == ["notebook"]
    engine.dispose()


def test_a_token_belongs_to_one_of_the_users(home: Path, monkeypatch: pytest.MonkeyPatch):
    file = home / "users"
    lines = [
        prunelab("password", name, typed=f"{PASSWORD}\n" * 2).stdout for name in ("ada", "bob")
    ]
    file.write_text("".join(lines))
    monkeypatch.setenv("PRUNELAB_USERS", str(file))
    for arguments, said in (((), "ada, bob"), (("--user", "eve"), "no user 'eve'")):
        done = prunelab("token", "notebook", *arguments)
        assert done.exit_code == 1
        assert said in done.stderr
    assert prunelab("token", "notebook", "--user", "bob").exit_code == 0


@pytest.mark.parametrize(("named", "believed"), [("", False), ("127.0.0.1", True)])
def test_who_says_to_speak_for_others_is_believed_where_a_proxy_was_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, named: str, believed: bool
):
    started: list[dict[str, object]] = []
    monkeypatch.setattr("uvicorn.run", lambda *_, **options: started.append(options))
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", named)
    monkeypatch.setattr("prunelab.cli._check_start", lambda: None)
    assert prunelab("web", "--port", "1").exit_code == 0
    assert started[0]["proxy_headers"] is believed


def test_a_web_process_answers_so_many_connections_at_a_time(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    started: list[dict[str, object]] = []
    monkeypatch.setattr("uvicorn.run", lambda *_, **options: started.append(options))
    monkeypatch.setenv("PRUNELAB_MOST_CONNECTIONS", "7")
    monkeypatch.setattr("prunelab.cli._check_start", lambda: None)
    assert prunelab("web", "--port", "1").exit_code == 0
    assert started[0]["limit_concurrency"] == 7
