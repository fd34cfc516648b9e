"""A dataset that was removed is offered no more, but the runs that used it are understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontend.views.base import view_of_stored
from pruning.context import Context
from pruning.data.image_base import image_datasets
from pruning.data.importing import import_dataset
from pruning.data.own import remove
from pruning.data.places import look_in
from pruning.events import fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.sweep.config import SweepConfig
from tests.pruning.data.crafted import as_files, returned, some_images, write_zip


@pytest.fixture
def data_dir(tmp_path: Path):
    folder = tmp_path / "data"
    look_in(folder)
    returned(import_dataset(write_zip(tmp_path / "a.zip", as_files(some_images())), folder))
    remove("a", folder)
    yield folder
    look_in(Path("nowhere"))


def test_forms_do_not_offer_it(data_dir: Path):
    assert "a" not in image_datasets.names()
    assert "a" not in SweepConfig.model_json_schema()["properties"]["dataset"]["enum"]


def test_the_view_of_a_stored_run_has_everything(data_dir: Path):
    view = view_of_stored("sweep", SweepConfig(dataset="a").model_dump(mode="json"))
    assert view.sections
    assert "on A" in view.summary


def test_a_run_of_it_says_what_to_do(data_dir: Path):
    result = fold(execute(experiments["sweep"], SweepConfig(dataset="a"), Context(data_dir)))
    assert result.status == "failed"
    assert result.error == "the dataset a was removed; import it again, or choose another"
