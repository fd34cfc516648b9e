"""Pictures of notes: what is taken, how it is served, when it goes, and that packages have it."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from backend.api.datasets import UPLOAD_TYPE
from backend.app import create_api
from backend.dashboards import Content, Panel
from backend.packages.archive import opened
from backend.packages.importing import import_package
from backend.packages.writing import write_package
from backend.picture_files import MOST_BYTES, digest_of
from backend.problems import Problem
from backend.services import Services, make_services
from backend.settings import Settings
from backend.store.engine import migrate
from tests.backend.test_api import assert_problem
from tests.backend.test_package import add, anew, rebuild

DAY = 24 * 3600


def picture(kind: str = "PNG", size: tuple[int, int] = (6, 4), colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_api(settings)) as client:
        yield client


@pytest.fixture
def board(client: TestClient) -> str:
    return client.post("/api/dashboards", json={}).json()["id"]


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Iterator[Services]:
    """Another, empty installation."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    services = make_services(anew(settings, home=home))
    migrate(services.engine)
    yield services
    services.engine.dispose()


def upload(client: TestClient, board: str, content: object, file: str = "", **headers: str):
    address = f"/api/dashboards/{board}/pictures"
    headers = {"content-type": UPLOAD_TYPE, **headers}
    return client.post(address, params={"file": file}, content=content, headers=headers)


def naming(digest: str) -> Content:
    return Content(panels=[Panel(id="p", note=f"![it](picture:{digest})")])


def grow_old(services: Services, settings: Settings) -> None:
    """Let two days go by for all pictures."""
    before = time.time() - 2 * DAY
    for file in Path(settings.artifacts_url, ".pictures").iterdir():
        os.utime(file, (before, before))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_kept_as_it_is_and_served_for_good(client: TestClient, board: str, kind: str):
    content = picture(kind)
    answer = upload(client, board, content, file=f"my plot.{kind.lower()}")
    assert answer.status_code == 201
    assert answer.json() == {"markdown": f"![my plot](picture:{digest_of(content)})"}
    served = client.get(f"/api/pictures/{digest_of(content)}")
    assert served.content == content
    assert served.headers["content-type"] == f"image/{kind.lower()}"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["cache-control"] == "private, max-age=31536000, immutable"


def test_where_people_log_in_browsers_keep_no_picture(settings: Settings):
    values = settings.model_dump(exclude={"hosts"})
    guarded = Settings(**{**values, "password": "correct horse"})
    with TestClient(create_api(guarded), follow_redirects=False) as client:
        digest = client.app.state.services.pictures.keep(picture())
        assert client.get(f"/api/pictures/{digest}").status_code == 401
        client.post("/login", data={"password": "correct horse"})
        served = client.get(f"/api/pictures/{digest}")
    assert (served.content, served.headers["cache-control"]) == (picture(), "no-store")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("", "Picture"),
        ("a_b [1]*.png", r"a\_b \[1\]\*"),
        ("x](y <b>.png", r"x\](y \<b\>"),
        ("two\nlines $x$.png", r"two lines \$x\$"),
    ],
)
def test_the_name_of_a_file_is_words_and_no_markup(client, board: str, file: str, words: str):
    told = upload(client, board, picture(), file=file).json()["markdown"]
    assert told == f"![{words}](picture:{digest_of(picture())})"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG, JPEG, WebP or GIF"),
        (b"", "no PNG, JPEG, WebP or GIF"),
        (picture("BMP"), "no PNG, JPEG, WebP or GIF"),
        (picture()[:-30], "damaged"),
        (b"GIF89a and words", "damaged"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "damaged"),
        (picture(size=(12_000, 2_001)), "12,000 × 2,001 pixels; 24 million are the most"),
    ],
    ids=["svg", "nothing", "bmp", "cut", "gif", "webp", "pixels"],
)
def test_what_is_no_picture_is_refused(client: TestClient, board: str, content: bytes, said: str):
    assert said in assert_problem(upload(client, board, content), 422)["detail"]


def test_what_is_too_large_is_refused_before_it_has_come(client: TestClient, board: str):
    large = b"\x89PNG\r\n\x1a\n" + bytes(MOST_BYTES)
    said = assert_problem(upload(client, board, large), 413)["detail"]
    assert said.startswith("A picture may have 2 MiB.")
    # A body of which nobody says how long it is.
    assert_problem(upload(client, board, iter([large])), 413)


def test_a_picture_is_for_a_dashboard_and_sent_as_a_file(client: TestClient, board: str):
    assert_problem(upload(client, "gone", picture()), 404)
    assert_problem(upload(client, board, picture(), **{"content-type": "image/png"}), 415)
    assert_problem(client.get(f"/api/pictures/{'0' * 32}"), 404)
    assert_problem(client.get("/api/pictures/..%2Fx"), 404)
    assert_problem(client.get("/api/pictures/x"), 422)


def test_a_picture_stays_while_undoing_leads_to_it(services: Services, settings: Settings):
    digest, unnamed = (services.pictures.keep(picture(colour=each)) for each in ("red", "blue"))
    board = services.dashboards.create(naming(digest))
    services.dashboards.save(board.id, Content(), board.revision)
    assert services.pictures.tidy() == 0, "a note that names it may not be saved yet"
    grow_old(services, settings)
    assert services.pictures.tidy() == 1
    assert [services.pictures.has(each) for each in (digest, unnamed)] == [True, False]
    services.dashboards.delete(board.id)
    assert services.pictures.tidy() == 1
    assert not services.pictures.has(digest)


def test_a_picture_that_is_sent_again_stays_for_another_day(services: Services, settings: Settings):
    digest = services.pictures.keep(picture())
    grow_old(services, settings)
    assert services.pictures.keep(picture()) == digest
    assert services.pictures.tidy() == 0


@pytest.fixture
def package(services: Services, tmp_path: Path) -> Path:
    """A package of a dashboard whose history names two pictures, one of which is there."""
    board = services.dashboards.create(naming(services.pictures.keep(picture())))
    services.dashboards.save(board.id, naming("0" * 32), board.revision)
    file = tmp_path / "board.prunelab.zip"
    write_package(file, services, "", [], [board.id])
    return file


def test_a_package_has_the_pictures_of_its_dashboards(elsewhere: Services, package: Path):
    with opened(package, 2**20) as archive:
        assert archive.manifest.format == 3, "older versions say that they are too old for it"
    import_package(package, elsewhere)
    assert elsewhere.pictures.read(digest_of(picture())) == picture()
    assert not elsewhere.pictures.has("0" * 32)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("0" * 32, picture(colour="blue"), "another picture than its name says"),
        ("0" * 32, bytes(MOST_BYTES + 1), "larger than a picture may be"),
        (digest_of(picture(colour="blue")), picture(colour="blue"), "belongs to nothing in it"),
        ("../x", picture(), "leads elsewhere"),
    ],
)
def test_no_other_picture_comes_with_a_package(
    elsewhere: Services, package: Path, name: str, content: bytes, said: str
):
    add(package, f"pictures/{name}", content)
    if "leads" not in said:
        rebuild(package)
    with pytest.raises(Problem, match=said):
        import_package(package, elsewhere)
    assert not elsewhere.dashboards.everything()


def test_rubbish_that_is_named_rightly_comes_with_no_package(
    services: Services, elsewhere: Services, tmp_path: Path
):
    rubbish = b"\x89PNG\r\n\x1a\n and words"
    board = services.dashboards.create(naming(digest_of(rubbish)))
    file = tmp_path / "board.prunelab.zip"
    write_package(file, services, "", [], [board.id])
    add(file, f"pictures/{digest_of(rubbish)}", rubbish)
    rebuild(file)
    with pytest.raises(Problem, match="damaged"):
        import_package(file, elsewhere)
