"""ImageNet is not shipped: what names it is understood, and a run of it says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.problems import Problem
from backend.submission import row_for
from pruning.context import Context
from pruning.data.image_base import MissingDataError, image_datasets
from pruning.data.importing import import_dataset
from pruning.data.own import remove
from pruning.events import fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.sweep.config import SweepConfig
from tests.pruning.data.crafted import as_files, returned, some_images, write_zip

WHAT_TO_DO = "with `prunelab data add FOLDER --name imagenet --side 224`"
SETTINGS = {"dataset": "imagenet", "model": "resnet50"}


def bring(folder: Path, data_dir: Path, side: int, classes: int = 3) -> None:
    source = write_zip(folder / "a.zip", as_files(some_images(classes=classes)))
    returned(import_dataset(source, data_dir, "imagenet", side=side))


def test_it_is_found_by_name_but_not_offered(data_dir: Path):
    found = image_datasets["imagenet"]
    assert (found.shape, len(found.classes)) == ((3, 224, 224), 1000)
    assert not found.at_hand(data_dir)
    assert image_datasets.is_removed("imagenet")
    assert "imagenet" not in image_datasets.names()
    assert "imagenet" not in SweepConfig.model_json_schema()["properties"]["dataset"]["enum"]
    with pytest.raises(MissingDataError, match=WHAT_TO_DO):
        returned(found.load(data_dir))


@pytest.mark.parametrize(
    ("experiment", "own"),
    [
        ("sweep", {}),
        ("mint", {"samples_per_class": "5"}),
        ("input_selection", {"kinds": "static"}),
    ],
)
def test_a_run_of_it_is_refused_when_it_is_submitted(data_dir: Path, experiment: str, own: dict):
    with pytest.raises(Problem) as problem:
        row_for(experiment, SETTINGS | own, "", [])
    [error] = problem.value.document.errors
    assert error.field == "config.dataset"
    assert WHAT_TO_DO in error.message


def test_a_run_that_was_submitted_nevertheless_says_it(data_dir: Path):
    config = SweepConfig.model_validate(SETTINGS)
    result = fold(execute(experiments["sweep"], config, Context(data_dir)))
    assert result.status == "failed"
    assert WHAT_TO_DO in str(result.error)


def test_what_somebody_brings_is_found_in_its_place(data_dir: Path, tmp_path: Path):
    bring(tmp_path, data_dir, side=32)
    assert image_datasets["imagenet"].shape == (3, 32, 32)
    assert image_datasets.names()[-1] == "imagenet"
    assert not image_datasets.is_removed("imagenet")
    assert row_for("sweep", SETTINGS, "", []).status == "queued"
    remove("imagenet", data_dir)
    assert image_datasets["imagenet"].classes == ("a", "b", "c")
    with pytest.raises(Problem, match="was removed; import it again"):
        row_for("sweep", SETTINGS, "", [])
    bring(tmp_path, data_dir, side=40, classes=4)
    assert image_datasets["imagenet"].classes == ("a", "b", "c", "d")


def test_images_that_are_too_small_are_refused_then_and_not_when_a_recipe_is_read(
    data_dir: Path, tmp_path: Path
):
    bring(tmp_path, data_dir, side=8)
    assert SweepConfig.model_validate(SETTINGS).dataset == "imagenet"
    with pytest.raises(Problem, match="needs images of at least 32") as problem:
        row_for("sweep", SETTINGS, "", [])
    assert problem.value.document.errors[0].field == "config.model"
