"""Importances over REST: uploaded, listed, removed, and refused with what to change."""

from __future__ import annotations

import io

import numpy as np
import pytest
from fastapi.testclient import TestClient

from backend.api.datasets import UPLOAD_TYPE
from backend.app import create_api
from backend.settings import Settings
from pruning.inputs.importance_files import MOST_BYTES
from tests.backend.test_api import assert_problem


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        client.app.state.services.presence.announce("training", "a test")
        yield client


def npy(array: np.ndarray, **options: bool) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


RISING = npy(np.arange(64.0).reshape(8, 8))


def upload(client: TestClient, content, file: str = "mine.npy"):
    headers = {"content-type": UPLOAD_TYPE}
    return client.post("/api/importances", params={"file": file}, content=content, headers=headers)


def test_a_file_is_uploaded_listed_named_by_a_run_and_removed(client: TestClient):
    uploaded = upload(client, RISING)
    assert uploaded.status_code == 201
    assert uploaded.json() == {"name": "mine.npy", "shape": [8, 8]}
    assert client.get("/api/importances").json() == [uploaded.json()]
    [schema] = [
        item["config_schema"]["properties"]["importances"]
        for item in client.get("/api/experiments").json()
        if item["name"] == "input_selection"
    ]
    assert schema["x-files"] == ["mine.npy"]
    body = {"experiment": "input_selection", "config": {"importances": "mine.npy"}}
    assert client.post("/api/runs", json=body).status_code == 201
    assert client.delete("/api/importances/mine.npy").status_code == 204
    assert client.get("/api/importances").json() == []
    assert_problem(client.delete("/api/importances/mine.npy"), 404)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"words", "no array that numpy can read"),
        (npy(np.array([[{}]]), allow_pickle=True), "Python objects, which are never loaded"),
        (npy(np.full((8, 8), np.inf)), "not finite"),
        (npy(np.ones((8, 8))), "give larger ones to pixels that matter more"),
        (npy(np.full((8, 8), "word")), "real numbers"),
        (npy(np.arange(64.0)), "they have to be height × width"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_problem_and_is_not_kept(client, settings, content, said):
    detail = assert_problem(upload(client, content), 422)["detail"]
    assert detail.startswith("mine.npy: ")
    assert said in detail
    assert client.get("/api/importances").json() == []
    assert not list(settings.data_dir.rglob("*.npy"))


@pytest.mark.parametrize("file", ["../mine.npy", "a/b.npy", ".npy", "mine.npz", "x" * 500])
def test_names_that_lead_elsewhere_are_refused(client: TestClient, file: str):
    assert "rename it" in assert_problem(upload(client, RISING, file), 422)["detail"]


def test_a_file_of_the_name_stays_as_it_is(client: TestClient, settings: Settings):
    assert upload(client, RISING).status_code == 201
    problem = assert_problem(upload(client, npy(-np.arange(64.0).reshape(8, 8))), 409)
    assert "delete them on the page of datasets, or rename the file" in problem["detail"]
    assert (settings.data_dir / "importances" / "mine.npy").read_bytes() == RISING


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_that_is_too_large_is_refused_as_soon_as_that_is_known(client, announced: bool):
    half = bytes(MOST_BYTES // 2)

    def pieces():
        yield from (half, half, b"x")

    problem = assert_problem(upload(client, half + half + b"x" if announced else pieces()), 413)
    assert "at most 16 MiB" in problem["detail"]


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x"])
def test_what_a_page_elsewhere_can_send_is_refused(client: TestClient, content_type: str):
    headers = {"content-type": content_type}
    params = {"file": "mine.npy"}
    response = client.post("/api/importances", params=params, content=RISING, headers=headers)
    assert UPLOAD_TYPE in assert_problem(response, 415)["detail"]


def test_a_data_directory_that_cannot_be_written_is_a_problem(client, settings: Settings):
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / "importances").touch()
    assert_problem(upload(client, RISING), 507)


WRONG = [
    ({"granularity": "9x9"}, "granularity", "choose at most 8x8"),
    ({"granularity": "0x0"}, "granularity", "is no granularity"),
    ({"granularity": "version"}, "granularity", "choose a finer one"),
    (
        {"granularity": "version", "kinds": ["static"]},
        "granularity",
        "all images are sent, or none is",
    ),
    ({"remove_elements": 64}, "remove_elements", "would all go at once: choose fewer"),
    ({"granularity": 5}, "granularity", "needs text"),
    ({"thumbnails": [9]}, "thumbnails", "smaller than the images"),
    ({"thumbnails": [0]}, "thumbnails.0", "has to be 1 or more"),
    ({"thumbnails": "4,4"}, "thumbnails", "name each once"),
    ({"thumbnails": "four"}, "thumbnails", "is not a number"),
    ({"lambda_init": 0}, "lambda_init", "has to be 1e-06 or more"),
    ({"lambda_init": -1}, "lambda_init", "has to be 1e-06 or more"),
    ({"lambda_init": "nan"}, "lambda_init", "needs a finite number"),
    ({"lambda_factor": 0.9}, "lambda_factor", "has to be 1 or more"),
    ({"lambda_threshold": -0.1}, "lambda_threshold", "has to be 0 or more"),
    ({"lambda_patience": -1}, "lambda_patience", "has to be 0 or more"),
    ({"tau_factor": 0}, "tau_factor", "has to be more than 0, not 0"),
    ({"tau_factor": 1.1}, "tau_factor", "has to be 1 or less"),
    ({"tau_min": 2}, "tau_min", "choose a smallest τ of at most that"),
    ({"mask_learning_rate": 0}, "mask_learning_rate", "has to be more than 0, not 0"),
    ({"mask_learning_rate": "inf"}, "mask_learning_rate", "needs a finite number"),
    ({"head": "none"}, "head", "has to be 'linear'"),
    ({"head_size": 9}, "head_size", "choose a smaller one"),
    ({"head_size": "wide"}, "head_size", "needs a whole number"),
    ({"jpeg_qualities": [0]}, "jpeg_qualities.0", "has to be 1 or more"),
    ({"jpeg_qualities": [101]}, "jpeg_qualities.0", "has to be 100 or less"),
    ({"jpeg_qualities": [50, 50]}, "jpeg_qualities", "name each once"),
    ({"kinds": []}, "kinds", "needs at least one value"),
    ({"kinds": ""}, "kinds", "needs at least one value"),
    ({"kinds": ["statik"]}, "kinds.0", "each has to be 'static'"),
    ({"stop_below": 1.5}, "stop_below", "has to be less than 1"),
    ({"stop_below": 0}, "stop_below", "has to be more than 0"),
    ({"stop_below": "nan"}, "stop_below", "is not a number"),
    ({"remove_every": 401}, "remove_every", "training has 400 steps"),
    ({"remove_every": 0}, "remove_every", "has to be 1 or more"),
    ({"remove_elements": 0}, "remove_elements", "has to be 1 or more"),
    ({"epochs": "many"}, "epochs", "needs a whole number"),
    ({"use_warmup_net": "perhaps"}, "use_warmup_net", "has to be true or false"),
    ({"dataset": "digitz"}, "dataset", "choose one of digits"),
    ({"importances": "gone.npy"}, "importances", "upload the file, or choose others"),
    ({"importances": "../gone.npy"}, "importances", "rename it"),
]


@pytest.mark.parametrize(("config", "field", "said"), WRONG)
def test_a_selection_that_cannot_be_done_is_never_queued(client: TestClient, config, field, said):
    body = {"experiment": "input_selection", "config": config}
    [error] = assert_problem(client.post("/api/runs", json=body), 422)["errors"]
    assert error["field"] == f"config.{field}"
    assert said in error["message"]
    assert client.get("/api/runs").json() == []


def test_importances_of_other_images_are_refused_with_the_shape_of_these(client: TestClient):
    upload(client, npy(np.arange(784.0).reshape(28, 28)))
    config = {"importances": "mine.npy"}
    body = {"experiment": "input_selection", "config": config}
    [error] = assert_problem(client.post("/api/runs", json=body), 422)["errors"]
    assert error["field"] == "config.importances"
    assert "are 28 × 28: they have to be 8 × 8" in error["message"]
    for fits in ({"dataset": "mnist"}, {"kinds": ["static"]}):
        body["config"] = config | fits
        assert client.post("/api/runs", json=body).status_code == 201
