"""The recipe on ImageNet, on a small folder in its place: imported under its name, and run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruning.context import Context
from pruning.data.importing import import_dataset
from pruning.data.limits import PIXEL_BYTES
from pruning.data.places import look_in
from pruning.events import TableData, fold
from pruning.execution import execute
from pruning.experiments.mint.config import MOST_SAMPLES, MintConfig
from pruning.recipes import published
from pruning.recipes.base import recipe_of, recipes
from tests.pruning.data.crafted import Files, encoded, returned, write_folder

RECIPE = recipes["mint2020-resnet50"]
CLASSES = ("hen", "jay", "owl")
SIZES = [(60, 44), (44, 60), (90, 40), (50, 50)]
# Everything that the recipe says stays, but for how much of it there is.
QUICK: dict[str, Any] = {
    "epochs": 1,
    "retrain_epochs": 1,
    "batch_size": 12,
    "groups": "2",
    "samples_per_class": "10",
    "variants": "mint",
    "second_draw": False,
    "permuted": False,
    "latency_batch": 1,
}


def photographs() -> Files:
    """A few JPEGs of different sizes, each class in a colour of its own."""
    rng = np.random.default_rng(0)
    files = {}
    for part in ("train", "val"):
        for channel, label in enumerate(CLASSES):
            for place, (width, height) in enumerate(SIZES):
                pixels = rng.integers(0, 120, (3, height, width), dtype=np.uint8)
                pixels[channel] += 120
                files[f"{part}/{label}/{place}.JPEG"] = encoded(pixels, "JPEG")
    return files


@pytest.fixture
def data_dir(tmp_path: Path):
    folder = tmp_path / "data"
    look_in(folder)
    yield folder
    look_in(tmp_path / "nowhere")


def bring(folder: Path, data_dir: Path, side: int) -> None:
    source = write_folder(folder / "photographs", photographs())
    returned(import_dataset(source, data_dir, "imagenet", side=side))


def rows(table: TableData) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_it_runs_on_what_somebody_brings(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    bring(tmp_path, data_dir, side=32)
    config = MintConfig.model_validate(RECIPE.config | QUICK)
    config.check_files()
    # With other settings it would be no run of the recipe.
    monkeypatch.setattr(published, "recipe_of", lambda study, config: RECIPE)
    result = fold(execute(RECIPE.study, config, Context(data_dir)))
    assert result.status == "done", result.error
    found = rows(result.tables["summary"])
    assert [row["pruned_percent_asked"] for row in found] == [0, *config.percentages]
    # Of so few groups some units lose all that they read, and are cut out with the rest of them.
    assert all(row["pruned_percent"] >= row["pruned_percent_asked"] - 0.1 for row in found)
    beside = rows(result.tables["published"])
    assert [row["published_best_epoch_accuracy"] for row in beside] == [0.715, 0.7112, 0.7105]
    assert all(0 <= row["best_epoch_accuracy"] <= 1 for row in beside)


def test_its_samples_are_as_many_as_fit_for_a_thousand_classes():
    [samples] = RECIPE.checked_config().samples_per_class
    assert samples * 1000 <= MOST_SAMPLES < (samples + 2) * 1000
    assert round(PIXEL_BYTES / (3 * 224 * 224), -3) == 14_000, "what is said of an import"


def test_it_is_understood_though_what_somebody_brought_is_too_small_for_it(
    data_dir: Path, tmp_path: Path
):
    bring(tmp_path, data_dir, side=8)
    assert recipe_of(RECIPE.study, RECIPE.checked_config()) == RECIPE
    with pytest.raises(ValueError, match="needs images of at least 32"):
        RECIPE.checked_config().check_files()


def test_too_few_samples_of_few_classes_are_told_before_a_run(data_dir: Path, tmp_path: Path):
    bring(tmp_path, data_dir, side=32)
    with pytest.raises(ValueError, match="too few to tell blocks apart: take at least 10"):
        RECIPE.checked_config().check_files()
