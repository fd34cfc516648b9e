"""Datasets over REST: listed, uploaded with their progress, refused, removed."""

from __future__ import annotations

import asyncio
import io
import json
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from starlette.requests import ClientDisconnect

from backend.api.datasets import UPLOAD_TYPE
from backend.app import create_api
from backend.datasets import Datasets
from backend.settings import Settings
from pruning.data.image_base import image_datasets
from pruning.data.importing import ImportOptions
from tests.backend.test_api import assert_problem
from tests.pruning.data.crafted import (
    arrays_of,
    as_files,
    returned,
    some_images,
    write_folder,
    write_npz,
    write_zip,
)


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        yield client


@pytest.fixture
def flowers(tmp_path: Path) -> bytes:
    return write_zip(tmp_path / "flowers.zip", as_files(some_images())).read_bytes()


def upload(client: TestClient, content: bytes, file: str = "flowers.zip", **query: str):
    headers = {"content-type": UPLOAD_TYPE}
    params = {"file": file, **query}
    return client.post("/api/datasets", params=params, content=content, headers=headers)


def lines(response) -> list[dict]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def left_behind(settings: Settings) -> list[str]:
    """Everything below the data directory but the imported datasets."""
    files = settings.data_dir.rglob("*")
    return [path.name for path in files if path.name.startswith((".upload", ".import"))]


def test_all_datasets_are_listed_with_what_one_wants_to_know(client: TestClient):
    listed = {item["name"]: item for item in client.get("/api/datasets").json()}
    assert list(listed) == image_datasets.names()
    assert listed["digits"] == {
        "name": "digits",
        "title": "Digits 8×8",
        "description": image_datasets["digits"].description,
        "shape": [1, 8, 8],
        "classes": list("0123456789"),
        "train_images": 1437,
        "test_images": 360,
        "origin": "built-in",
        "at_hand": True,
        "notes": [],
    }
    assert not listed["svhn"]["at_hand"]


def test_an_upload_becomes_a_dataset_with_progress_and_is_shown_at_once(client, settings, flowers):
    said = lines(upload(client, flowers, title="Wild flowers"))
    assert all("progress" in line for line in said[:-1])
    assert any(line["progress"]["message"].startswith("Reading") for line in said[:-1])
    described = said[-1]["dataset"]
    assert (described["name"], described["title"]) == ("flowers", "Wild flowers")
    assert (described["origin"], described["at_hand"]) == ("own", True)
    assert client.get("/api/datasets").json()[-1] == described
    assert image_datasets.names()[-1] == "flowers"
    images = returned(image_datasets["flowers"].load(settings.data_dir))
    np.testing.assert_array_equal(images.x_test, some_images().x_test)
    assert left_behind(settings) == []
    picture = client.get("/api/datasets/flowers/picture.png")
    with Image.open(io.BytesIO(picture.content)) as drawn:
        assert drawn.size == (30, 6)


def test_arrays_are_uploaded_the_same_way(client: TestClient, tmp_path: Path):
    content = write_npz(tmp_path / "a.npz", **arrays_of(some_images())).read_bytes()
    said = lines(upload(client, content, "arrays.npz", name="my_arrays"))
    assert said[-1]["dataset"]["name"] == "my_arrays"


def test_images_are_scaled_to_a_side_that_is_asked_for(client: TestClient, settings, flowers):
    said = lines(upload(client, flowers, side="8"))
    assert said[-1]["dataset"]["shape"] == [3, 8, 8]
    write_folder(settings.data_dir / "datasets" / "weeds", as_files(some_images()))
    said = lines(client.post("/api/datasets/placed", json={"file": "weeds", "side": 9}))
    assert said[-1]["dataset"]["shape"] == [3, 9, 9]


def test_a_file_that_is_no_dataset_is_a_problem_and_leaves_nothing(client, settings, tmp_path):
    bad = write_zip(tmp_path / "bad.zip", {"readme.txt": b"words"}).read_bytes()
    for content, detail in (
        (
            bad,
            "flowers.zip: it has no image at train/CLASS/NAME.png, nor at CLASS/NAME.png; give "
            "every class a folder.",
        ),
        (b"words", "flowers.zip: it is no zip file, whatever its name says."),
        (b"", "flowers.zip: it is no zip file, whatever its name says."),
    ):
        problem = lines(upload(client, content))[-1]["problem"]
        assert (problem["status"], problem["detail"]) == (422, detail)
    assert "flowers" not in image_datasets.names()
    assert left_behind(settings) == []


@pytest.mark.parametrize(
    ("file", "query", "said"),
    [
        ("flowers.rar", {}, "none of .zip"),
        ("../flowers.zip", {}, "a file's name is plain"),
        ("a\\b.zip", {}, "a file's name is plain"),
        ("x" * 300 + ".zip", {}, "a file's name is plain"),
        ("flowers.zip", {"name": "../x"}, "cannot be a name"),
        ("flowers.zip", {"name": "mnist"}, "the name of a built-in dataset"),
        ("digits.zip", {}, "the name of a built-in dataset"),
        ("flowers.npz", {"side": "8"}, "an .npz is taken as it is, without a side"),
        ("flowers.zip", {"side": "7"}, "side: "),
    ],
)
def test_names_are_refused_before_anything_is_read(client, settings, flowers, file, query, said):
    problem = assert_problem(upload(client, flowers, file, **query), 422)
    assert said in problem["detail"]
    assert left_behind(settings) == []


def test_a_name_that_is_taken_is_refused(client: TestClient, flowers: bytes):
    lines(upload(client, flowers))
    assert "already" in assert_problem(upload(client, flowers), 422)["detail"]


def test_an_upload_without_a_file_name_is_refused(client: TestClient):
    response = client.post("/api/datasets", content=b"", headers={"content-type": UPLOAD_TYPE})
    assert assert_problem(response, 422)["errors"][0]["field"] == "file"


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_that_is_too_large_is_refused(settings, flowers: bytes, announced: bool):
    small = settings.model_copy(update={"upload_bytes": len(flowers) - 1})
    with TestClient(create_api(small)) as client:
        content = flowers if announced else iter([flowers[:100], flowers[100:]])
        problem = assert_problem(upload(client, content), 413)
    assert "An upload has at most" in problem["detail"]
    assert str(small.data_dir / "datasets") in problem["detail"]
    assert left_behind(small) == []


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"],
)
def test_what_a_page_elsewhere_can_send_is_refused(client, settings, flowers, content_type):
    headers = {"content-type": content_type} if content_type else {}
    params = {"file": "flowers.zip"}
    response = client.post("/api/datasets", params=params, content=flowers, headers=headers)
    assert UPLOAD_TYPE in assert_problem(response, 415)["detail"]
    write_folder(settings.data_dir / "datasets" / "weeds", as_files(some_images()))
    response = client.post("/api/datasets/placed", content=b'{"file": "weeds"}', headers=headers)
    assert_problem(response, 422)
    assert image_datasets.names()[-1] == "svhn"
    preflight = {"origin": "https://evil.example", "access-control-request-method": "DELETE"}
    answer = client.options("/api/datasets/flowers", headers=preflight)
    assert "access-control-allow-origin" not in answer.headers


def test_what_waits_in_the_data_directory_is_imported_on_request(client, settings):
    write_folder(settings.data_dir / "datasets" / "weeds", as_files(some_images()))
    assert client.get("/api/datasets/placed").json() == ["weeds"]
    said = lines(client.post("/api/datasets/placed", json={"file": "weeds", "title": "Weeds!"}))
    assert said[-1]["dataset"]["title"] == "Weeds!"
    assert client.get("/api/datasets/placed").json() == []
    for file in ("weeds", "../data", "/etc", "nothing.zip"):
        assert_problem(client.post("/api/datasets/placed", json={"file": file}), 404)


def test_only_an_imported_dataset_can_be_removed(client: TestClient, flowers: bytes):
    lines(upload(client, flowers))
    assert client.delete("/api/datasets/flowers").status_code == 204
    assert "flowers" not in image_datasets.names()
    assert_problem(client.delete("/api/datasets/flowers"), 404)
    assert_problem(client.delete("/api/datasets/mnist"), 409)
    assert_problem(client.get("/api/datasets/flowers/picture.png"), 404)


def test_a_picture_of_a_built_in_dataset_is_drawn_once(client: TestClient, settings: Settings):
    picture = client.get("/api/datasets/digits/picture.png")
    assert picture.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(picture.content)) as drawn:
        assert drawn.size == (80, 16)
    drawn_at = (settings.data_dir / "pictures" / "digits.png").stat().st_mtime_ns
    assert client.get("/api/datasets/digits/picture.png").content == picture.content
    assert (settings.data_dir / "pictures" / "digits.png").stat().st_mtime_ns == drawn_at
    assert (
        "before it was downloaded"
        in assert_problem(client.get("/api/datasets/svhn/picture.png"), 404)["detail"]
    )


def test_images_that_cannot_be_drawn_have_no_picture(client: TestClient, settings: Settings):
    for name in ("train", "test"):
        write_folder(settings.data_dir, {f"{name}_32x32.mat": b"words"})
    assert_problem(client.get("/api/datasets/svhn/picture.png"), 404)


def test_a_folder_with_datasets_beside_the_data_directory_is_looked_into(settings, tmp_path):
    shared = write_folder(
        tmp_path / "shared", {"train_32x32.mat": b"words", "test_32x32.mat": b"words"}
    )
    with TestClient(create_api(settings.model_copy(update={"data": shared}))) as client:
        listed = {item["name"]: item for item in client.get("/api/datasets").json()}
    assert listed["svhn"]["at_hand"]
    assert not listed["mnist"]["at_hand"]


def test_a_data_directory_that_cannot_be_written_is_a_problem(
    client: TestClient, settings: Settings, flowers: bytes
):
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / "imported").touch()
    problem = lines(upload(client, flowers))[-1]["problem"]
    assert problem["status"] == 507
    assert left_behind(settings) == []


def test_a_data_directory_that_cannot_take_an_upload_is_a_problem(client, settings, flowers):
    settings.data_dir.touch()
    assert_problem(upload(client, flowers), 507)


def test_the_server_answers_while_it_imports(client: TestClient, flowers: bytes, monkeypatch):
    began, go_on = threading.Event(), threading.Event()

    def slow(*_: object):
        began.set()
        assert go_on.wait(20)
        raise OSError(0, "that was all")
        yield

    monkeypatch.setattr("backend.datasets.import_dataset", slow)
    answers = []
    uploading = threading.Thread(target=lambda: answers.append(upload(client, flowers)))
    uploading.start()
    assert began.wait(20)
    started = time.monotonic()
    assert client.get("/healthz").status_code == 200
    assert time.monotonic() - started < 5
    go_on.set()
    uploading.join()
    assert lines(answers[0])[-1]["problem"]["status"] == 507


@pytest.fixture
def datasets(settings: Settings) -> Datasets:
    return Datasets(settings.data_dir, (), 1 << 20)


def test_an_upload_that_breaks_off_leaves_nothing(datasets: Datasets, settings: Settings):
    async def body() -> AsyncIterator[bytes]:
        yield b"PK"
        raise ClientDisconnect

    with pytest.raises(ClientDisconnect):
        asyncio.run(datasets.receive("flowers.zip", body()))
    assert left_behind(settings) == []


def test_an_import_whose_reader_leaves_ends_and_leaves_nothing(datasets, settings, flowers):
    async def body() -> AsyncIterator[bytes]:
        yield flowers

    async def leave() -> None:
        source = await datasets.receive("flowers.zip", body())
        steps = datasets.take_upload(source, ImportOptions())
        async for step in steps:
            if "Keeping" in step.message:
                break
        await steps.aclose()

    asyncio.run(leave())
    assert left_behind(settings) == []
    assert "flowers" not in image_datasets.names()


def test_what_killed_imports_left_is_deleted_once_it_is_old(datasets: Datasets, settings: Settings):
    for name in (".upload-a", ".upload-b", "imported/.import-a", "imported/.import-b"):
        folder = settings.data_dir / name
        folder.mkdir(parents=True)
        if name.endswith("b"):
            os.utime(folder, (0, 0))
    datasets.tidy()
    assert sorted(left_behind(settings)) == [".import-a", ".upload-a"]
