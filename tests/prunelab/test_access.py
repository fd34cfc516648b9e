"""The command line of access: refusing to serve strangers, users' lines, tokens."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from backend.access.key import Key
from backend.access.tokens import Tokens
from backend.access.users import Users
from backend.settings import Settings
from backend.store.engine import make_engine
from prunelab.cli import cli
from prunelab.up import _address

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
