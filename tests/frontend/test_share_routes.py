"""Links to shares: what they show, to whom, and for how long."""

from __future__ import annotations

import asyncio
import base64
import gzip
import io
import json
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from backend.app import create_api
from backend.settings import Settings
from frontend.api import ROUTERS
from frontend.app import add_pages
from frontend.components.share import share_button, source_page
from frontend.pages import access
from frontend.pages import shares as page
from frontend.sheets import note_pictures
from frontend.sheets.base import ComparisonSource, DashboardSource, RunSource
from tests.frontend.fakes import toy_events

EIGHT_PIXELS = io.BytesIO()
Image.new("L", (8, 1)).save(EIGHT_PIXELS, "GIF")
PNG = b"\x89PNG\r\n\x1a\n a picture"
SECRET = "a long password"
NASTY = '<script>alert("x")</script>'


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """Somebody at the machine itself: shares need no login, and here nothing does."""
    api = create_api(settings, ROUTERS)
    add_pages(api, api.state.services)
    with TestClient(api, follow_redirects=False) as client:
        yield client


@pytest.fixture
def run(client: TestClient) -> str:
    """A run that has ended, with what a toy run says."""
    services = client.app.state.services
    services.presence.announce("interactive", "a test")
    run_id = client.post("/api/runs", json={"experiment": "toy", "title": NASTY}).json()["id"]
    services.runs.log.append(run_id, toy_events())
    return run_id


def share(client: TestClient, run: str, **values: object) -> dict:
    body = {"source": {"kind": "run", "run": run}, **values}
    answer = client.post("/api/shares", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def path_of(link: str) -> str:
    return link.removeprefix("http://testserver")


def picture() -> str:
    return base64.b64encode(PNG).decode()


def test_a_share_is_a_page_with_its_data_in_one_request(client: TestClient, run: str):
    made = share(client, run, title="Mine")
    path = path_of(made["link"])
    answer = client.get(path)
    assert answer.status_code == 200
    assert "<h1>Mine</h1>" in answer.text
    assert f'data-sheet="{path}/data.json"' in answer.text
    data = client.get(f"{path}/data.json")
    assert data.headers["content-encoding"] == "gzip"
    assert data.json()["stages"]["run"]["result"]["frames"]
    plain = client.get(f"{path}/data.json", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == data.json()
    assert {"/shares/", "/embed/"} == {
        re.sub("[^/]+$", "", path_of(made[key])) for key in ("link", "embed_link")
    }


def test_what_was_written_is_text(client: TestClient, run: str):
    made = share(client, run)
    assert made["title"] == NASTY
    for link in (made["link"], made["embed_link"]):
        text = client.get(path_of(link)).text
        assert NASTY not in text
        assert "&lt;script&gt;" in text
    policy = client.get(path_of(made["link"])).headers["content-security-policy"]
    assert re.search(r"script-src 'self' 'sha256-[\w+/=]+';", policy), (
        "and nothing written into the page would run"
    )
    assert "<script>" not in client.get(path_of(made["link"])).text


def test_a_share_of_a_dashboard_has_the_pictures_of_its_notes_in_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    board = client.post("/api/dashboards", json={}).json()
    content = EIGHT_PIXELS.getvalue()
    headers = {"content-type": "application/octet-stream"}
    address = f"/api/dashboards/{board['id']}/pictures?file=eight.gif"
    note = client.post(address, content=content, headers=headers).json()["markdown"]
    panels = [{"id": "one", "note": note}]
    change = {"content": {"title": "Mine", "panels": panels}, "revision": 1}
    client.put(f"/api/dashboards/{board['id']}", json=change)

    live = client.get(f"/api/dashboards/{board['id']}/page").json()["panels"]["one"]["html"]
    (found,) = re.findall(r'<img src="(/api/pictures/\w+)" alt="eight" width="8" height="1">', live)
    assert client.get(found).content == content
    source = {"kind": "dashboard", "dashboard": board["id"]}
    link = client.post("/api/shares", json={"source": source}).json()["link"]
    uri = f"data:image/gif;base64,{base64.b64encode(content).decode()}"
    shared = client.get(path_of(link))
    assert f'<img src="{uri}" alt="eight" width="8" height="1">' in shared.text
    assert "img-src 'self' data:" in shared.headers["content-security-policy"]

    monkeypatch.setattr(note_pictures, "MOST_FROZEN_BYTES", len(content) - 1)
    refused = client.post("/api/shares", json={"source": source})
    assert refused.status_code == 422
    assert "Make them smaller, or show fewer." in refused.json()["detail"]


def test_previews_have_a_title_and_a_picture_and_search_engines_nothing(
    client: TestClient, run: str
):
    made = share(client, run, title='Say "hi"', picture=picture())
    answer = client.get(path_of(made["link"]))
    metas = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', answer.text))
    assert metas["og:title"] == "Say &quot;hi&quot;"
    assert metas["og:image"] == f"{made['link']}/picture.png"
    assert metas["og:url"] == made["link"]
    assert metas["og:description"]
    assert metas["twitter:card"] == "summary_large_image"
    assert metas["robots"] == "noindex"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"
    image = client.get(path_of(metas["og:image"]))
    assert (image.content, image.headers["content-type"]) == (PNG, "image/png")
    plain = client.get(path_of(share(client, run)["link"])).text
    assert "og:image" not in plain


def test_only_the_embedded_form_may_be_framed(client: TestClient, run: str):
    made = share(client, run, frame_ancestors=["https://a.example"])
    page, embedded = (client.get(path_of(made[key])) for key in ("link", "embed_link"))
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert embedded.headers.get_list("content-security-policy", split_commas=True) == [
        embedded.headers["content-security-policy"]
    ]
    assert "frame-ancestors https://a.example" in embedded.headers["content-security-policy"]
    for path in ("/", "/runs", "/api/runs", "/embed/x", "/shares/x", "/docs", "/login"):
        policy = client.get(path).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy, path


def test_anywhere_is_also_in_a_file(client: TestClient, run: str):
    made = share(client, run)
    locked = share(client, run, password=SECRET, frame_ancestors=["*", "https://a.example"])
    for each in (made, locked):
        # No source of a policy stands for the pages of files.
        policy = client.get(path_of(each["embed_link"])).headers["content-security-policy"]
        assert "frame-ancestors" not in policy
        assert "default-src 'none'" in policy
    nowhere = share(client, run, frame_ancestors=[])
    policy = client.get(path_of(nowhere["embed_link"])).headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy


def test_links_begin_with_the_public_address_and_say_who_cannot_open_them(
    settings: Settings, client: TestClient, run: str
):
    assert "same network" in share(client, run)["warning"], "testserver is a bare name"
    public = settings.model_copy(update={"public_url": "https://prune.example/"})
    object.__setattr__(client.app.state.services, "settings", public)
    made = share(client, run)
    assert made["link"].startswith("https://prune.example/shares/")
    assert made["embed_link"].startswith("https://prune.example/embed/")
    assert made["warning"] == ""


WORDS = {"name": "Ada", "text": NASTY}


def test_readers_of_a_share_write_comments_where_they_are_on(client: TestClient, run: str):
    made = share(client, run, takes_comments=True)
    path, address = path_of(made["link"]), path_of(made["link"]) + "/comments"
    assert f'data-comments="{address}"' in client.get(path).text
    assert "data-comments" not in client.get(path_of(made["embed_link"])).text
    sent = client.post(address, json=WORDS)
    assert sent.status_code == 201
    comment = sent.json()
    assert client.get(address).json()["comments"] == []
    assert client.get(address, params={"own": comment["id"]}).json()["comments"] == [comment]
    [waiting] = client.get(f"/api/shares/{made['id']}/comments").json()["comments"]
    assert waiting["text"] == NASTY
    shown = words(asyncio.run(page.listing(client.app.state.services)))
    assert "1 comment to approve" in shown
    client.post(f"/api/shares/{made['id']}/comments/{comment['id']}/approve")
    [seen] = client.get(address).json()["comments"]
    assert seen == comment | {"approved": True}
    client.delete(f"/api/shares/{made['id']}")
    assert client.get(address).status_code == client.post(address, json=WORDS).status_code == 404


def test_where_comments_are_off_there_are_none(client: TestClient, run: str):
    made = share(client, run)
    path = path_of(made["link"])
    assert "data-comments" not in client.get(path).text
    assert client.get(f"{path}/comments").status_code == 403
    assert client.post(f"{path}/comments", json=WORDS).status_code == 403


def test_comments_are_behind_the_password_and_from_no_other_page(client: TestClient, run: str):
    made = share(client, run, takes_comments=True, password=SECRET)
    path, address = path_of(made["link"]), path_of(made["link"]) + "/comments"
    assert client.get(address).status_code == client.post(address, json=WORDS).status_code == 404
    client.post(f"{path}/unlock", data={"password": SECRET})
    assert client.get(address).status_code == 200
    elsewhere = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post(address, json=WORDS, headers=elsewhere).status_code == 403
    assert client.post(address, json=WORDS).status_code == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"no json", 422),
        (b'{"name": "Ada", "text": " "}', 422),
        (b'{"name": "' + b"x" * 40_000 + b'"}', 413),
        (json.dumps({"name": "Ada", "text": "\N{MICROSCOPE}" * 2000}).encode(), 201),
    ],
)
def test_a_comment_of_any_size_is_not_read(body: bytes, status: int, client: TestClient, run: str):
    address = path_of(share(client, run, takes_comments=True)["link"]) + "/comments"
    assert client.post(address, content=body).status_code == status


def test_revoked_is_gone_at_once_with_all_that_belongs_to_it(client: TestClient, run: str):
    made = share(client, run, picture=picture())
    path, embedded = path_of(made["link"]), path_of(made["embed_link"])
    every = (path, f"{path}/data.json", f"{path}/picture.png", embedded)
    for each in every:
        answer = client.get(each)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
    assert client.delete(f"/api/shares/{made['id']}").json()["revoked_at"]
    assert [client.get(each).status_code for each in every] == [404] * 4


def test_a_link_that_leads_nowhere_never_says_why(client: TestClient, run: str):
    made = share(client, run, picture=picture())
    locked = share(client, run, password=SECRET, picture=picture())
    revoked = share(client, run, password=SECRET)
    client.delete(f"/api/shares/{revoked['id']}")
    token = made["link"].rpartition("/")[2]
    wrong = [
        *(revoked["link"].rpartition("/")[2], made["id"], run, token[:-1], "x" * 32, "x"),
        *(":token", "{token}", "<token>", "%00", "..%00", "data.json", "é"),
    ]
    asked = [
        *(("GET", f"/shares/{each}{rest}") for each in wrong for rest in ("", "/data.json")),
        *(("GET", f"/shares/{each}/picture.png") for each in wrong),
        *(("GET", f"/embed/{each}") for each in wrong),
        *(("POST", f"/shares/{each}/unlock") for each in wrong),
        *(("POST", f"/embed/{each}") for each in wrong),
        ("GET", path_of(locked["link"]) + "/data.json"),
        ("GET", path_of(locked["link"]) + "/picture.png"),
    ]
    answers = [client.request(method, path) for method, path in asked]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1


def test_a_password_opens_a_share_for_one_browser(client: TestClient, run: str):
    made = share(client, run, title="Mine", password=SECRET, picture=picture())
    other = share(client, run, password=SECRET)
    path = path_of(made["link"])
    form = client.get(path)
    assert form.status_code == 200
    assert "Mine" not in form.text
    assert "og:" not in form.text
    assert f'action="{path}/unlock"' in form.text
    assert client.post(f"{path}/unlock", data={"password": "wrong"}).status_code == 403
    answer = client.post(f"{path}/unlock", data={"password": SECRET})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert f"Path={path}" in cookie
    assert "<h1>Mine</h1>" in client.get(path).text
    assert client.get(f"{path}/data.json").status_code == 200
    assert client.get(f"{path}/picture.png").content == PNG
    stolen = {"Cookie": cookie.partition(";")[0]}
    elsewhere = path_of(other["link"])
    assert "has a password" in client.get(elsewhere, headers=stolen).text
    assert client.get(f"{elsewhere}/data.json", headers=stolen).status_code == 404
    [listed] = [each for each in client.get("/api/shares").json() if each["id"] == made["id"]]
    assert listed["opened"] == 1, "the form is no opening"


def test_a_password_opens_an_embedded_share_without_cookies(client: TestClient, run: str):
    made = share(client, run, title="Mine", password=SECRET, frame_ancestors=["https://a.example"])
    path = path_of(made["embed_link"])
    # A form in a sandboxed frame has no origin.
    framed = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
    assert "has a password" in client.get(path).text
    wrong = client.post(path, data={"password": "wrong"}, headers=framed)
    assert wrong.status_code == 403
    answer = client.post(path, data={"password": SECRET}, headers=framed)
    for each in (client.get(path), wrong, answer):
        assert "frame-ancestors https://a.example" in each.headers["content-security-policy"]
    assert "<h1>Mine</h1>" in answer.text
    assert "set-cookie" not in answer.headers
    data = re.search(r'data-sheet="([^"]+)"', answer.text)[1]
    assert client.get(data).status_code == 200
    assert client.get(data[:-1]).status_code == 404
    client.delete(f"/api/shares/{made['id']}")
    assert client.get(data).status_code == 404


def test_guessing_a_shares_password_is_slowed_down(client: TestClient, run: str):
    path = path_of(share(client, run, password=SECRET)["link"])
    guesses = [client.post(f"{path}/unlock", data={"password": f"{i}"}) for i in range(6)]
    assert [guess.status_code for guess in guesses] == [403] * 5 + [429]
    assert int(guesses[-1].headers["retry-after"]) >= 1
    assert client.post(f"{path}/unlock", data={"password": SECRET}).status_code == 429


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"expires_in_days": 1, "expires_at": "2100-01-01T00:00:00Z"}, "not both"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "future"),
        ({"expires_at": "2100-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-12:00"}, "expires_at: has to be in the years"),
        ({"password": "short"}, "password"),
        ({"picture": "no base64!"}, "picture"),
        ({"picture": base64.b64encode(b"GIF89a").decode()}, "picture"),
        ({"frame_ancestors": ["https://a.example; x"]}, "frame_ancestors"),
        ({"title": "x" * 201}, "title"),
        ({"surprise": 1}, "surprise"),
        ({"source": {"kind": "file", "run": "/etc/passwd"}}, "source"),
    ],
)
def test_what_cannot_be_shared_so_says_why(values: dict, said: str, client: TestClient, run: str):
    body = {"source": {"kind": "run", "run": run}, **values}
    answer = client.post("/api/shares", json=body)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_a_run_that_is_not_there_cannot_be_shared(client: TestClient):
    body = {"source": {"kind": "run", "run": "nothere"}}
    assert client.post("/api/shares", json=body).status_code == 404


def test_a_share_stays_as_it_was_though_its_run_is_gone(client: TestClient, run: str):
    path = path_of(share(client, run)["link"])
    before = client.get(f"{path}/data.json").json()
    client.app.state.services.runs.repository.discard(run)
    assert client.get(f"/api/runs/{run}").status_code == 404
    assert client.get(f"{path}/data.json").json() == before


def test_an_end_is_kept(client: TestClient, run: str):
    assert share(client, run)["expires_at"] is None
    assert share(client, run, expires_in_days=7)["expires_at"]
    end = "2100-01-01T00:00:00Z"
    assert share(client, run, expires_at=end)["expires_at"] == end
    elsewhere = share(client, run, expires_at="2100-01-01T00:00:00+05:30")
    [kept] = [each for each in client.get("/api/shares").json() if each["id"] == elsewhere["id"]]
    assert kept["expires_at"] == elsewhere["expires_at"] == "2099-12-31T18:30:00Z"


def test_a_file_that_no_package_has_is_a_404(client: TestClient):
    for path in ("plotly/x", "plotly/package_data/plotly.min.js.map", "nowhere/x.js"):
        answer = client.get(f"/_dash-component-suites/{path}")
        assert answer.status_code == 404
        assert path in answer.json()["detail"]


def test_the_list_names_what_is_shared_and_can_revoke_it(client: TestClient, run: str):
    services = client.app.state.services
    assert "Nothing is shared" in words(asyncio.run(page.listing(services)))
    made = share(client, run, password=SECRET, expires_in_days=1)
    client.get(path_of(share(client, run, title="Open")["link"]))
    shown = words(asyncio.run(page.listing(services)))
    for said in (NASTY, f"/runs/{run}", "with a password", "expires", "opened once", made["id"]):
        assert said in shown
    assert made["link"].rpartition("/")[2] not in shown, "nobody can read a link off the list"
    client.delete(f"/api/shares/{made['id']}")
    assert "Revoked" in words(asyncio.run(page.listing(services)))


def words(component: object) -> str:
    return json.dumps(
        component.to_plotly_json(), default=lambda part: part.to_plotly_json()
    ).replace('\\"', '"')


def test_the_page_of_access_has_tokens_where_there_are_users(client: TestClient):
    services = client.app.state.services
    assert "PRUNELAB_PASSWORD" in words(asyncio.run(access.page(services)))
    services.access.is_on = True
    shown = words(asyncio.run(access.page(services)))
    assert "/logout" in shown
    assert "token-name" in shown


def test_the_button_knows_what_it_shares():
    source = DashboardSource(dashboard="d")
    button = share_button(source)
    assert json.loads(button.to_plotly_json()["props"]["data-share-source"]) == source.model_dump()
    assert source_page(source) == ("a dashboard", "/dashboards/d")
    assert source_page(RunSource(run="r")) == ("a run", "/runs/r")
    compared = ComparisonSource(runs=["a", "b"], by="run")
    assert source_page(compared) == ("a comparison of 2 runs", "/compare?runs=a,b&by=run")


def test_the_data_of_a_share_is_small(client: TestClient, run: str):
    path = path_of(share(client, run)["link"])
    with client.stream("GET", f"{path}/data.json") as answer:
        body = b"".join(answer.iter_raw())
    assert len(body) < len(gzip.decompress(body)) / 2
