"""Applying masks of runs over REST: what is taken, what is refused, and what becomes of images."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import update

from backend import applied_masks
from backend.api import applied_masks as routes
from backend.app import create_api
from backend.event_log import Entry, encode
from backend.services import Services
from backend.settings import Settings
from backend.store.models import RunRow
from pruning.events import Artifact
from pruning.experiments.input_selection.description import Checkpoint, SelectionDescription
from tests import experiments as _counting  # noqa: F401 - registers `count`


def png(side: int = 8) -> str:
    file = io.BytesIO()
    Image.new("L", (side, side), 90).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def sent(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "content": png()} for name in names]


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        for queue in ("interactive", "training"):
            services_of(client).presence.announce(queue, "a test")
        yield client


def services_of(client: TestClient) -> Services:
    return client.app.state.services


def checkpoint(q: float, accuracy: float) -> Checkpoint:
    return Checkpoint(q_interval=1.0, q=q, accuracy=accuracy, validation_accuracy=accuracy, epoch=3)


def described(repeat: int, *checkpoints: Checkpoint) -> str:
    return SelectionDescription(
        kind="static",
        repeat=repeat,
        config={},
        shape=(1, 8, 8),
        classes=("a", "b"),
        mean=(0.5,),
        sd=(0.5,),
        costs=((1.0,),),
        checkpoints=checkpoints,
    ).model_dump_json()


def finish(services: Services, folder: Path, texts: dict[str, str]) -> str:
    """An input selection that is done, and has given these files away."""
    run = services.runs.submit("input_selection", {})
    entries = []
    for place, (name, text) in enumerate(texts.items(), 1):
        (folder / "draft").write_text(text)
        services.artifacts.put(run.id, name, folder / "draft")
        event = Artifact(name=name, media_type="application/json", size=len(text), path=name)
        entries.append(Entry(f"{place}-0", encode(event)))
    services.runs.close(run.id, "done", entries=entries)
    return run.id


@pytest.fixture
def done(client: TestClient, tmp_path: Path) -> str:
    texts = {
        "static-0.json": described(0, checkpoint(0.3, 0.9), checkpoint(0.1, 0.7)),
        "static-1.json": described(1, checkpoint(0.4, 0.95), checkpoint(0.1, 0.6)),
        "other.json": "{}",
    }
    return finish(services_of(client), tmp_path, texts)


def apply(client: TestClient, run_id: str, **body: Any):
    return client.post(f"/api/runs/{run_id}/apply", json={"images": sent("a.png")} | body)


def assert_problem(response, status: int, words: str) -> dict:
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert (response.status_code, document["status"]) == (status, status)
    assert words in document["detail"]
    return document


def uploads(settings: Settings) -> list[str]:
    return [path.name for path in Path(settings.artifacts_url).glob("upload-*")]


def test_a_run_is_submitted_that_names_the_mask_and_the_images(client, done, settings):
    response = apply(client, done, at=0.2, images=sent("b.png", "a.png"))
    assert response.status_code == 201
    run = response.json()
    assert response.headers["location"] == f"/api/runs/{run['id']}"
    assert (run["experiment"], run["status"]) == ("applied_mask", "queued")
    (upload,) = uploads(settings)
    assert run["config"] == {
        "run": done,
        "kind": "static",
        "at": 0.2,
        "repeat": 0,
        "upload": upload,
    }
    read = services_of(client).artifacts.read
    assert json.loads(b"".join(read(upload, "images.json"))) == ["b.png", "a.png"]
    assert b"".join(read(upload, "images/1")) == base64.b64decode(png())


@pytest.mark.parametrize(
    ("asked", "repeat"), [({}, 1), ({"at": 0.35}, 0), ({"at": 0.35, "repeat": 1}, 1)]
)
def test_the_best_repeat_is_taken_unless_one_is_named(asked, repeat, client, done):
    assert apply(client, done, **asked).json()["config"]["repeat"] == repeat


def test_only_runs_with_masks_have_some_to_apply(client, done, tmp_path):
    services = services_of(client)
    assert_problem(apply(client, "nosuchrun"), 404, "There is no run 'nosuchrun'")
    other = services.runs.submit("count", {}).id
    assert_problem(apply(client, other), 422, f"{other} is a run of count; name one of input_sel")
    waiting = services.runs.submit("input_selection", {}).id
    assert_problem(apply(client, waiting), 409, f"Run {waiting} is queued; name one that is done")
    none = finish(services, tmp_path, {"other.json": "{}"})
    assert_problem(apply(client, none), 409, "gave no masks away")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"kind": "dynamic"}, "There is no such mask; there are static of repeat 0, static of"),
        ({"repeat": 5}, "There is no such mask; there are static of repeat 0, static of repeat 1."),
        ({"at": 0.05}, "None sends at most 5 %; the least is 10.0 %."),
        ({"kind": "fast"}, "kind: has to be 'static', 'dynamic', 'given' or 'random'"),
        ({"at": 1.5}, "at: has to be 1 or less"),
        ({"at": -1}, "at: has to be 0 or more"),
        ({"repeat": -1}, "repeat: has to be 0 or more"),
        ({"speed": 1}, "speed: is no setting"),
        ({"images": []}, "images: needs at least one value"),
        ({"images": sent(*map(str, range(101)))}, "images: takes at most 100"),
        ({"images": [{"name": "a.png", "content": "a"}]}, "content: is not valid base64"),
        ({"images": [{"name": "a.png", "content": "aGFsbG8="}]}, "a.png is no PNG, JPEG or BMP"),
        ({"images": [{"name": "a.png", "content": png()[:60]}]}, "a.png is damaged"),
        ({"images": [{"name": "a.png", "content": png(513)}]}, "make it 512×512 or smaller"),
        ({"images": sent("a.png", "a.png")}, "Two images are called a.png; rename one"),
        ({"images": sent("../a.png")}, "'../a.png' cannot be an image's name"),
        ({"images": sent("..")}, "'..' cannot be an image's name"),
        ({"images": sent("a\n.png")}, "cannot be an image's name"),
        ({"images": sent("ä" * 101)}, "has too long a name; take one of 200 letters or fewer"),
    ],
)
def test_what_cannot_be_applied_is_refused_before_anything_is_kept(
    asked, words, client, done, settings
):
    assert_problem(apply(client, done, **asked), 422, words)
    assert uploads(settings) == []


def test_a_refusal_says_which_image_it_is_about(client, done):
    images = [*sent("a.png"), {"name": "b.png", "content": "aGFsbG8="}]
    document = assert_problem(apply(client, done, images=images), 422, "b.png is no PNG")
    assert [error["field"] for error in document["errors"]] == ["images.1"]


def test_a_request_is_json_of_a_bounded_size(client, done, settings, monkeypatch):
    address = f"/api/runs/{done}/apply"
    assert_problem(client.post(address, content=b"{}"), 415, "Send JSON")
    as_json = {"content-type": "application/json"}
    assert_problem(client.post(address, content=b"{", headers=as_json), 422, "is not valid JSON")
    for module in (routes, applied_masks):
        monkeypatch.setattr(module, "MOST_BYTES", 100)
    assert_problem(apply(client, done), 413, "Send fewer at once")
    # Without a length that is announced.
    pieces = iter([b"x" * 60, b"x" * 60])
    assert_problem(client.post(address, content=pieces, headers=as_json), 413, "Send fewer at once")
    assert uploads(settings) == []


def test_images_are_forgotten_where_nobody_could_take_the_run(client, done, settings, redis):
    redis.flushall()
    assert_problem(apply(client, done), 503, "No worker takes interactive runs")
    assert uploads(settings) == []


def test_images_go_with_the_last_run_that_used_them(client, done, settings):
    first = apply(client, done).json()["id"]
    second = client.post(f"/api/runs/{first}/again").json()["id"]
    other = apply(client, done).json()["id"]
    assert len(uploads(settings)) == 2
    upload = client.get(f"/api/runs/{first}").json()["config"]["upload"]
    for run_id in (first, second):
        client.post(f"/api/runs/{run_id}/cancel")
        client.delete(f"/api/runs/{run_id}")
    client.delete(f"/api/runs/{first}?for_good=true")
    assert upload in uploads(settings), "the other one is in the bin, and can be restored"
    client.delete(f"/api/runs/{second}?for_good=true")
    assert uploads(settings) == [client.get(f"/api/runs/{other}").json()["config"]["upload"]]


def test_what_names_no_upload_removes_none(client, done):
    """A run of an experiment that is not installed may say anything."""
    services = services_of(client)
    run = services.runs.submit("count", {})
    services.runs.cancel(run.id)
    services.run_list.put_in_bin(run.id)
    with services.engine.begin() as connection:
        connection.execute(
            update(RunRow).where(RunRow.id == run.id).values(config={"upload": done})
        )
    services.run_list.remove(run.id)
    assert services.artifacts.has(done, "static-0.json")


def test_the_documentation_of_the_api_knows_the_request(client):
    described = client.get("/openapi.json").json()["paths"]["/api/runs/{run_id}/apply"]["post"]
    schema = described["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == {"kind", "at", "repeat", "images"}
    listed = {each["name"]: each for each in client.get("/api/experiments").json()}
    assert (listed["applied_mask"]["offered"], listed["toy"]["offered"]) == (False, True)
