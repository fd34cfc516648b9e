"""The page of datasets."""

from __future__ import annotations

import asyncio
import io
from base64 import b64decode
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from dash import dcc, html
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.datasets import Datasets
from backend.importances import ImportancesFiles
from backend.points import OwnPoints
from frontend.app import add_pages
from frontend.components.schema_form import schema_form
from frontend.routes import page_at
from pruning.data.adding_points import Called, add_points
from pruning.data.base import datasets
from pruning.data.image_base import image_datasets
from pruning.data.importing import import_dataset
from pruning.data.places import look_in
from pruning.experiments.base import experiments
from tests.frontend.fakes import FakeRuns
from tests.pruning.data.crafted import as_files, returned, some_images, write_zip


@pytest.fixture
def services(tmp_path: Path) -> Any:
    data_dir = tmp_path / "data"
    look_in(data_dir)
    access = SimpleNamespace(is_on=False)
    datasets = Datasets(data_dir, (), 1 << 20)
    importances = ImportancesFiles(data_dir)
    return SimpleNamespace(
        runs=FakeRuns(),
        datasets=datasets,
        importances=importances,
        points=OwnPoints(data_dir),
        access=access,
    )


def page(services: Any) -> Any:
    return asyncio.run(page_at("/datasets", services))


def words(component: Any) -> str:
    return str(component.to_plotly_json())


def tagged(component: Any, name: str) -> Any:
    found = (p for p in component._traverse() if getattr(p, "data-testid", None) == name)
    return next(found, None)


def test_the_address_gets_the_page_and_an_honest_status(services):
    api = FastAPI()
    add_pages(api, services)
    assert TestClient(api).get("/datasets").status_code == 200


def test_there_is_a_card_for_every_dataset(services):
    shown = page(services)
    for dataset in image_datasets:
        said = words(tagged(shown, f"dataset-{dataset.name}"))
        assert dataset.title in said
        assert dataset.classes[0] in said
    assert "1,437 training images" in words(tagged(shown, "dataset-digits"))
    assert "/api/datasets/digits/picture.png" in words(tagged(shown, "dataset-digits"))
    svhn = words(tagged(shown, "dataset-svhn"))
    assert "Downloaded when it is first used" in svhn
    assert "32×32 in colour" in svhn
    assert "picture.png" not in svhn
    assert "Delete" not in words(shown)
    assert "Waiting" not in words(shown)


def test_ones_own_can_be_deleted_and_what_waits_imported(services, tmp_path: Path):
    folder = services.datasets.placed_folder
    folder.mkdir(parents=True)
    for name in ("flowers.zip", "weeds.zip"):
        write_zip(folder / name, as_files(some_images(classes=14)))
    returned(import_dataset(folder / "flowers.zip", folder.parent))
    shown = page(services)
    card = words(tagged(shown, "dataset-flowers"))
    assert "Delete" in card
    assert "14 classes" in card
    assert "a, b, c, d, e, f, g, h, i, j, k, l and 2 more" in card
    waiting = words(tagged(shown, "waiting"))
    assert "weeds.zip" in waiting
    assert "flowers" not in waiting


def test_importances_are_listed_to_be_deleted_where_there_are_any(services):
    assert tagged(page(services), "importances") is None
    file = io.BytesIO()
    np.save(file, np.arange(6.0).reshape(1, 2, 3))
    services.importances.keep("mine.npy", file.getvalue())
    said = words(tagged(page(services), "importances"))
    assert "mine.npy" in said
    assert "1 × 2 × 3" in said
    assert "Delete" in said


def test_the_page_knows_how_large_a_file_may_be_and_what_it_takes(services):
    importer = next(part for part in page(services)._traverse_ids() if part.id == "importer")
    assert getattr(importer, "data-most") == str(1 << 20)
    assert ".tar.xz" in getattr(importer, "data-accept").split(",")


def test_there_is_a_card_with_a_picture_for_every_dataset_of_points(services, tmp_path: Path):
    rows = [f"{i / 10},{i * 7 % 10 / 10},{i % 2}" for i in range(-10, 10)]
    add_points("\n".join(rows).encode(), "mine.csv", Called(title="Mine"), tmp_path / "data")
    shown = page(services)
    for dataset in datasets:
        card = tagged(shown, f"points-{dataset.name}")
        assert dataset.title in words(card)
        assert f"/?experiment=toy&dataset={dataset.name}" in words(card)
        # Of ten points a class, half train and one at least tests.
        assert ("reference_samples=4" in words(card)) == (dataset.name == "mine")
        [picture] = [part for part in card._traverse() if isinstance(part, html.Img)]
        svg = b64decode(picture.src.partition(",")[2])
        assert svg.count(b"<circle") == (10 if dataset.name == "mine" else 100 * dataset.classes)
        assert ("Delete" in words(card)) == (dataset.name == "mine")


@pytest.mark.parametrize("experiment", ["toy", "toy_study"])
def test_the_form_of_toy_experiments_leads_to_where_points_are_drawn(experiment: str):
    form = schema_form(experiments[experiment].config, {})
    links = [part for part in form._traverse() if isinstance(part, dcc.Link)]
    assert [link.href for link in links] == ["/datasets#points-tool"]
    form = schema_form(experiments["sweep"].config, {})
    assert not [part for part in form._traverse() if isinstance(part, dcc.Link)]


def test_damaged_points_have_a_card_without_a_picture(services, tmp_path: Path):
    rows = [f"{i / 10},{i * 7 % 10 / 10},{i % 2}" for i in range(-10, 10)]
    add_points("\n".join(rows).encode(), "mine.csv", Called(), tmp_path / "data")
    [array] = (tmp_path / "data" / "points" / "mine").glob("*.npy")
    array.write_bytes(b"")
    card = words(tagged(page(services), "points-mine"))
    assert "Its points cannot be read" in card
    assert "Delete" in card


def test_what_was_left_out_of_an_import_is_told_beside_it(services, tmp_path: Path):
    files = as_files(some_images()) | {"train/a/notes.txt": b"x"}
    source = write_zip(tmp_path / "herbs.zip", files)
    returned(import_dataset(source, tmp_path / "data"))
    assert "Left out, no image: train/a/notes.txt." in words(
        tagged(page(services), "dataset-herbs")
    )
    assert "dataset-notes" not in words(tagged(page(services), "dataset-digits"))
