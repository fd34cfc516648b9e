"""Access: who gets in, who does not, and that guessing takes long."""

from __future__ import annotations

import asyncio
import os
import stat
import threading
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from itsdangerous import TimestampSigner
from starlette.websockets import WebSocketDisconnect

from backend.access import guard, rules
from backend.access.errors import AccessError
from backend.access.key import Key
from backend.access.passwords import hash_password, is_right
from backend.access.service import check_access, is_loopback
from backend.access.slowdown import Slowdown, client_of
from backend.access.users import Users, users_line
from backend.app import create_api
from backend.settings import Settings

PASSWORD = "correct horse"


@pytest.fixture
def guarded(settings: Settings) -> Settings:
    """Settings with a password; any host is answered, as nothing else is said."""
    values = settings.model_dump(exclude={"hosts"})
    return Settings(**{**values, "password": PASSWORD})


@pytest.fixture
def client(guarded: Settings):
    with TestClient(create_api(guarded), follow_redirects=False) as client:
        yield client


def log_in(client: TestClient, password: str = PASSWORD, **fields: str):
    return client.post("/login", data={"password": password, **fields})


def token(client: TestClient) -> str:
    """A token, made by somebody who logs out again."""
    log_in(client)
    made = client.post("/api/tokens", json={"name": "notebook"}).json()["token"]
    client.cookies.clear()
    return made


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_without_a_password_there_is_one_local_user_and_no_login(settings: Settings):
    with TestClient(create_api(settings), follow_redirects=False) as client:
        assert client.get("/api/runs").status_code == 200
        assert client.get("/login").headers["location"] == "/"
    assert not (settings.home / "secret").exists(), "nothing to sign"


def test_a_stranger_is_told_to_log_in(client: TestClient):
    answer = client.get("/api/runs")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    page = client.get("/docs?a=1&b=2")
    assert page.status_code == 303
    assert page.headers["location"] == "/login?next=%2Fdocs%3Fa%3D1%26b%3D2"


def test_the_password_begins_a_session_and_logging_out_ends_it(client: TestClient):
    form = client.get("/login").text
    assert 'type="password"' in form
    assert 'name="name"' not in form
    answer = log_in(client, next="/docs")
    assert (answer.status_code, answer.headers["location"]) == (303, "/docs")
    said = answer.headers["set-cookie"]
    assert "HttpOnly" in said
    assert "SameSite=lax" in said
    assert "Secure" not in said, "this came over http"
    assert client.get("/api/runs").headers["cache-control"] == "no-store"
    kept = dict(client.cookies)
    assert client.post("/logout").headers["location"] == "/login"
    assert client.get("/api/runs").status_code == 401
    client.cookies.update(kept)
    assert client.get("/api/runs").status_code == 401, "a copy of the cookie is worth nothing"


def test_over_https_the_cookie_stays_there(client: TestClient):
    client.base_url = "https://testserver"
    assert "Secure" in log_in(client).headers["set-cookie"]


def test_a_wrong_password_is_told_without_a_session(client: TestClient):
    answer = log_in(client, "incorrect horse")
    assert answer.status_code == 403
    assert "The password is wrong" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_forged_cookie_is_nobody(client: TestClient):
    for cookie in (b"x", b"eyJ1c2VyIjoib3duZXIifQ.aaaa.bbbb", b"", b"null", b"\xe9", b'"; x="'):
        header = {"Cookie": b"prunelab_session=" + cookie}
        assert client.get("/api/runs", headers=header).status_code == 401


def test_a_cookie_signed_for_something_else_is_nobody(client: TestClient):
    access = client.app.state.services.access
    user = access.users.get("owner")
    said = {"user": user.name, "mark": user.mark, "id": "x"}
    for purpose, status in (("share", 401), ("session", 200)):
        cookie = access.key.serializer(purpose).dumps(said)
        answer = client.get("/api/runs", headers={"Cookie": f"prunelab_session={cookie}"})
        assert answer.status_code == status


def test_a_session_outlives_a_restart_but_not_another_password(guarded: Settings):
    with TestClient(create_api(guarded)) as client:
        log_in(client)
        kept = dict(client.cookies)
    for password, status in ((PASSWORD, 200), ("another horse", 401)):
        values = guarded.model_dump(exclude={"hosts"})
        settings = Settings(**{**values, "password": password})
        with TestClient(create_api(settings), cookies=kept) as client:
            assert client.get("/api/runs").status_code == status


def test_a_session_that_was_ended_is_over_for_every_process_and_after_a_restart(
    client: TestClient, guarded: Settings
):
    log_in(client)
    kept = dict(client.cookies)
    with TestClient(create_api(guarded), cookies=kept) as another:
        assert another.get("/api/runs").status_code == 200
        assert client.post("/logout").status_code == 303
        assert another.get("/api/runs").status_code == 401
    with TestClient(create_api(guarded), cookies=kept) as restarted:
        assert restarted.get("/api/runs").status_code == 401


def test_an_ended_session_is_kept_as_long_as_its_cookie_lives(client: TestClient):
    sessions = client.app.state.services.access.sessions
    sessions._note_ended("first")
    sessions._note_ended("first")
    assert sessions._has_ended("first")
    sessions._seconds = -1
    sessions._note_ended("second")
    assert not sessions._has_ended("first")
    assert sessions._has_ended("second")


def test_a_session_ends_after_its_time(client: TestClient, monkeypatch):
    log_in(client)
    assert client.get("/api/runs").status_code == 200
    later = int(time.time()) + 168 * 3600 + 2
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: later)
    assert client.get("/api/runs").status_code == 401


def test_users_of_a_file_log_in_by_name_and_their_sessions_end_with_their_passwords(
    settings: Settings, tmp_path: Path
):
    file = tmp_path / "users"
    ada, bob = users_line("ada", PASSWORD), users_line("bob", "bobs password")
    file.write_text(f"# people\n\n{ada}\n{bob}\n")
    values = settings.model_dump(exclude={"hosts"})
    with TestClient(create_api(Settings(**{**values, "users": file}))) as client:
        assert 'name="name"' in client.get("/login").text
        for name, password in (("bob", PASSWORD), ("eve", PASSWORD), ("", PASSWORD)):
            assert log_in(client, password, name=name).status_code == 403
        log_in(client, name="ada")
        made = client.post("/api/tokens", json={"name": "notebook"}).json()["token"]
        assert client.get("/api/runs").status_code == 200
        file.write_text(f"{users_line('ada', 'a new password')}\n{bob}\n")
        assert client.get("/api/runs").status_code == 401, "another password"
        client.cookies.clear()
        assert client.get("/api/runs", headers=bearer(made)).status_code == 200
        file.write_text(f"{bob}\n")
        assert client.get("/api/runs", headers=bearer(made)).status_code == 401, "ada is gone"
        file.unlink()
        assert log_in(client, "bobs password", name="bob").status_code == 403, "nobody is left"


def test_an_unknown_name_costs_what_a_wrong_password_costs(tmp_path: Path, monkeypatch):
    from backend.access import users as module

    checked = []
    monkeypatch.setattr(module, "is_right", lambda typed, hashed: checked.append(hashed) or False)
    file = tmp_path / "users"
    file.write_text(users_line("ada", PASSWORD))
    settings = Settings(home=tmp_path, users=file)
    users = Users(settings, Key(settings))
    assert users.log_in("ada", "x") is users.log_in("eve", "x") is None
    assert len({hashed.rpartition("$")[0].rpartition("$")[0] for hashed in checked}) == 1
    assert len(set(checked)) == 2


@pytest.mark.parametrize("wanted", ["/runs/a?b=c", "/", "/compare?runs=a,b"])
def test_after_logging_in_one_is_where_one_wanted_to_be(wanted: str):
    assert rules.local_path(wanted) == wanted


def test_logging_in_leads_nowhere_else(client: TestClient):
    for wanted in (
        *("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", ""),
        *("/\t/evil.example", "/\n/evil.example", "evil.example", "javascript:alert(1)", " //e"),
    ):
        assert rules.local_path(wanted) == "/"
        assert log_in(client, next=wanted).headers["location"] == "/"
        client.cookies.clear()


FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
]


def test_a_page_elsewhere_changes_nothing_with_the_readers_cookies(client: TestClient):
    login = {"password": PASSWORD}
    for headers in FOREIGN:
        assert client.post("/login", data=login, headers=headers).status_code == 403
    log_in(client)
    for headers in FOREIGN:
        for ask in (client.post, client.delete, client.put, client.patch):
            assert ask("/api/runs/x/cancel", headers=headers).status_code == 403
        assert client.post("/logout", headers=headers).status_code == 403
    ours = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/tokens", json={"name": "x"}, headers=ours).status_code == 201


def test_nor_does_it_make_the_server_draw_but_a_link_leads_anywhere(client: TestClient):
    log_in(client)
    fetched = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    framed = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe", "Sec-Fetch-User": "?1"}
    clicked = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1"}
    by_script = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for ask in (client.get, client.head):
        for site in ("cross-site", "same-site"):
            for how in (fetched, framed, by_script):
                answer = ask("/api/runs/x/export.png", headers={"Sec-Fetch-Site": site} | how)
                assert answer.status_code == 403
            there = {"Sec-Fetch-Site": site} | clicked
            assert ask("/api/runs/x/export.png", headers=there).status_code == 404
        for ours in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
            assert ask("/api/runs/x/export.png", headers=ours).status_code == 404


def test_nor_where_nobody_has_to_log_in(settings: Settings):
    with TestClient(create_api(settings)) as client:
        for headers in FOREIGN:
            assert client.post("/api/runs/x/cancel", headers=headers).status_code == 403


def test_a_token_is_for_the_api_and_nothing_else(client: TestClient):
    made = token(client)
    assert client.get("/api/runs", headers=bearer(made)).status_code == 200
    elsewhere = bearer(made) | {"Origin": "http://evil.example"}
    assert client.post("/api/runs/x/cancel", headers=elsewhere).status_code == 404, (
        "it is a program"
    )
    for path in ("/docs", "/openapi.json", "/runs", "/", "/_dash-layout"):
        assert client.get(path, headers=bearer(made)).status_code in (303, 401)
    for wrong in (made[:-1], made + "x", made.upper(), "", "x"):
        assert client.get("/api/runs", headers=bearer(wrong)).status_code == 401
    assert client.get("/api/runs", headers={"Authorization": f"Basic {made}"}).status_code == 401


def test_a_token_makes_no_tokens(client: TestClient):
    made = token(client)
    assert client.get("/api/tokens", headers=bearer(made)).status_code == 403
    body = {"name": "another"}
    assert client.post("/api/tokens", json=body, headers=bearer(made)).status_code == 403


def test_tokens_are_listed_without_themselves_and_revoked_at_once(client: TestClient):
    made = token(client)
    log_in(client)
    [listed] = client.get("/api/tokens").json()
    assert listed.keys() == {"id", "name", "created_at", "last_used_at"}
    assert made not in str(listed)
    assert listed["last_used_at"] is None
    with client.app.state.services.engine.connect() as connection:
        stored = connection.exec_driver_sql("select * from tokens").all()
    assert made not in str(stored)
    client.get("/api/runs", headers=bearer(made))
    assert client.get("/api/tokens").json()[0]["last_used_at"]
    assert client.delete(f"/api/tokens/{listed['id']}").status_code == 204
    assert client.delete(f"/api/tokens/{listed['id']}").status_code == 404
    assert client.get("/api/runs", headers=bearer(made)).status_code == 401


def test_the_stream_checks_who_reads_and_from_where(client: TestClient):
    def refused(**headers: str) -> int:
        with (
            pytest.raises(WebSocketDisconnect) as closed,
            client.websocket_connect("/api/runs/x/stream", headers=headers),
        ):
            pass
        return closed.value.code

    made = token(client)
    assert refused() == 4401
    assert refused(**bearer("x")) == 4401
    with client.websocket_connect("/api/runs/x/stream", headers=bearer(made)) as socket:
        assert socket.receive()["code"] == 4404, "it was accepted, and there is no such run"
    log_in(client)
    assert refused(origin="http://evil.example") == 4403
    assert refused(origin="null") == 4403
    headers = {"origin": "http://testserver"}
    with client.websocket_connect("/api/runs/x/stream", headers=headers) as socket:
        assert socket.receive()["code"] == 4404


def test_an_open_stream_ends_with_its_session_and_with_its_token(client: TestClient, monkeypatch):
    monkeypatch.setattr(guard, "LOOK_AGAIN_SECONDS", 0.05)
    client.app.state.services.presence.announce("interactive", "a test")
    made = token(client)
    log_in(client)
    run = client.post("/api/runs", json={"experiment": "toy"}).json()["id"]
    [listed] = client.get("/api/tokens").json()
    ends = (
        (bearer(made), lambda: client.delete(f"/api/tokens/{listed['id']}")),
        ({}, lambda: client.post("/logout")),
    )
    for headers, end in ends:
        with client.websocket_connect(f"/api/runs/{run}/stream", headers=headers) as socket:
            assert socket.receive_json()["kind"] == "run"
            time.sleep(0.15)
            end()
            closed = socket.receive()
            assert (closed["type"], closed["code"]) == ("websocket.close", 4401)


def test_every_answer_says_what_browsers_must_not_do(client: TestClient):
    for path in ("/login", "/healthz", "/api/runs", "/docs", "/shares/x", "/embed/x"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        wanted = "no-referrer" if path.endswith("/x") else "same-origin"
        assert headers["referrer-policy"] == wanted


def test_wrong_passwords_are_slowed_down_and_nobody_else_is(client: TestClient):
    codes = [log_in(client, f"guess {i}").status_code for i in range(7)]
    assert codes == [403] * 5 + [429] * 2
    answer = log_in(client)
    assert answer.status_code == 429, "not even the right one is looked at"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    elsewhere = TestClient(client.app, client=("10.0.0.9", 1), follow_redirects=False)
    assert log_in(elsewhere).status_code == 303


def test_many_attempts_at_once_gain_nothing(client: TestClient):
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda: codes.append(log_in(client, "x").status_code))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.count(403) == 5


def test_waits_grow_have_an_end_and_are_forgotten():
    now = [0.0]
    slowdown = Slowdown(lambda: now[0])
    waits = []
    for _ in range(20):
        while wait := slowdown.begin("a"):
            now[0] += wait
            waits.append(wait)
    assert waits == sorted(waits)
    assert waits[0] >= 1
    assert waits[-1] == 60
    now[0] += 3600
    assert [slowdown.begin("a") for _ in range(5)] == [0] * 5


def test_an_attack_from_everywhere_slows_strangers_but_not_who_was_here_before():
    now = [0.0]
    slowdown = Slowdown(lambda: now[0])
    slowdown.begin("at home")
    slowdown.succeeded("at home")
    examined = sum(slowdown.begin(f"bot {i}") == 0 for i in range(1000))
    assert examined <= 101
    assert 0 < slowdown.begin("new here") <= 4, "never locked out for ever"
    assert slowdown.begin("at home") == 0


def test_one_network_of_ipv6_slows_nobody_else():
    now = [0.0]
    slowdown = Slowdown(lambda: now[0])
    slowdown.begin("2001:db8:0:ff::/64")
    slowdown.succeeded("2001:db8:0:ff::/64")
    examined = 0
    for i in range(0x1000):
        now[0] += 0.1
        examined += slowdown.begin(client_of(f"2001:db8:0:{i:x}::1")) == 0
    assert examined <= 20 + 15
    assert slowdown.begin(client_of("2001:db8:1::1")) == 0
    assert slowdown.begin(f"{client_of('2001:db8:0:fe::1')} a share") == 0, "which is another count"
    assert slowdown.begin("2001:db8:0:ff::/64") == 0, "who was here before"


def test_clients_are_counted_by_network():
    assert client_of("2001:db8::1") == client_of("2001:db8::ffff:1")
    assert client_of("2001:db8:0:1::1") != client_of("2001:db8::1")
    assert client_of("::ffff:10.0.0.1") == client_of("10.0.0.1") == "10.0.0.1"
    assert client_of(None) == client_of("testclient") == "unknown"


def test_a_hash_is_checked_off_the_event_loop(client: TestClient, monkeypatch):
    access = client.app.state.services.access
    goes_on = threading.Event()
    monkeypatch.setattr(access.users, "log_in", lambda *_: goes_on.wait(10))

    async def log_in_meanwhile() -> bool:
        waiting = asyncio.create_task(access.log_in("10.0.0.1", "", "x"))
        await asyncio.sleep(0.01)
        goes_on.set()
        return await waiting

    assert asyncio.run(log_in_meanwhile())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_this_machine_needs_no_password(host: str, tmp_path: Path):
    assert is_loopback(host)
    check_access(Settings(home=tmp_path), host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "", "192.168.1.5", "0", "example.org", "127.0.0.1.example.org"]
)
def test_others_reach_a_server_only_with_a_password(host: str, tmp_path: Path):
    with pytest.raises(AccessError, match="PRUNELAB_PASSWORD") as refused:
        check_access(Settings(home=tmp_path), host)
    assert "\n" not in str(refused.value)
    check_access(Settings(home=tmp_path, password=PASSWORD), host)


def test_what_is_set_up_in_a_dangerous_way_is_refused(tmp_path: Path):
    file = tmp_path / "users"
    wrong = {
        "at least 8": {"password": "short"},
        "not both": {"password": PASSWORD, "users": file},
        "at least 32": {"password": PASSWORD, "secret": "guessable"},
        "cannot be read": {"users": tmp_path / "nowhere"},
    }
    for said, values in wrong.items():
        with pytest.raises(AccessError, match=said):
            check_access(Settings(home=tmp_path, **values), "127.0.0.1")
    for lines, said in (("", "names nobody"), ("ada:plain text", "line 1"), ("ada", "line 1")):
        file.write_text(lines)
        with pytest.raises(AccessError, match=said):
            check_access(Settings(home=tmp_path, users=file), "127.0.0.1")


def test_a_variable_without_a_value_is_no_password(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PRUNELAB_PASSWORD", "")
    assert not Settings(home=tmp_path).needs_login


def test_hosts_matter_where_nobody_logs_in_or_where_they_are_set():
    assert Settings().allowed_hosts == ["localhost", "127.0.0.1"]
    assert Settings(password=PASSWORD).allowed_hosts == ["*"]
    assert Settings(password=PASSWORD, hosts="a.example, b.example").allowed_hosts == [
        *("a.example", "b.example")
    ]


@pytest.mark.parametrize(
    ("served", "host"),
    [
        ("127.0.0.2", "127.0.0.2"),
        ("::1", "[::1]"),
        ("0:0:0:0:0:0:0:1", "[::1]"),
        ("localhost", "localhost"),
    ],
)
def test_the_address_that_is_served_is_answered(settings: Settings, served: str, host: str):
    values = settings.model_dump(exclude={"hosts"}) | {"served": served}
    with TestClient(create_api(Settings(**values)), base_url=f"http://{host}:8050") as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    named = Settings(**values, hosts="a.example")
    assert named.allowed_hosts == ["a.example"], "whoever names hosts means these"


def test_the_key_is_made_once_and_is_its_owners(tmp_path: Path):
    settings = Settings(home=tmp_path)
    assert Key(settings).bytes == Key(settings).bytes
    assert len(Key(settings).bytes) >= 32
    file = tmp_path / "secret"
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600  # noqa: PTH116
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
    assert Key(Settings(home=tmp_path, secret="s" * 32)).bytes == b"s" * 32


def test_a_key_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch):
    done = []
    for name in ("fsync", "link"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *a, n=name, f=real: done.append(n) or f(*a))
    assert Key(Settings(home=tmp_path)).bytes
    assert done == ["fsync", "link"]


@pytest.mark.parametrize("values", [{}, {"password": PASSWORD}])
def test_a_key_that_was_lost_or_cut_is_refused(tmp_path: Path, values: dict):
    for left in (b"", b"x" * 31):
        (tmp_path / "secret").write_bytes(left)
        with pytest.raises(AccessError, match="delete that file"):
            check_access(Settings(home=tmp_path, **values), "127.0.0.1")
    check_access(Settings(home=tmp_path, secret="s" * 32), "127.0.0.1")


def test_passwords_are_not_shown_with_the_settings(tmp_path: Path):
    settings = Settings(home=tmp_path, password=PASSWORD, secret="s" * 32)
    assert PASSWORD not in repr(settings)
    assert "sss" not in repr(settings)


def test_a_password_of_any_length_is_only_wrong():
    hashed = hash_password(PASSWORD)
    assert is_right(PASSWORD, hashed)
    assert not is_right("x" * 100_000, hashed)
    assert not is_right("", hashed)


def test_a_login_form_of_any_size_is_not_read(client: TestClient):
    assert log_in(client, "x" * 100_000).status_code == 413
    many = "&".join(f"a{i}=b" for i in range(100))
    answer = client.post("/login", content=many)
    assert answer.status_code == 422
