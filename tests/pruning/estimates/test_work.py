"""What configurations make to do: more of anything is more, and close to what runs take."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from math import sqrt
from pathlib import Path

import pytest

from pruning.context import Context
from pruning.estimates.estimate import WIDEST
from pruning.estimates.rates import RATES
from pruning.estimates.work import Here, NotDescribedError, Work
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.recipes.base import recipes
from pruning.structure.described import describe

COUNTED = ("toy", "toy_study", "sweep", "input_selection", "guided_sparsity", "mint")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def counted(name: str, data_dir: Path, **values: object) -> Work:
    study = experiments[name]
    assert study.work
    config = study.config.model_validate(values)
    try:
        return study.work(config, Here(data_dir))
    except NotDescribedError as error:
        describe(error.of, data_dir)
        return study.work(config, Here(data_dir))


@pytest.mark.parametrize("name", COUNTED)
def test_the_operations_of_every_experiment_are_counted(name, data_dir):
    work = counted(name, data_dir)
    assert work.seconds > 0
    assert work.counts.keys() <= RATES.keys()
    assert all(count >= 0 for count in work.counts.values())


@pytest.mark.parametrize(
    ("name", "less", "more"),
    [
        ("toy", {"hidden": "20,20"}, {"hidden": "200,200"}),
        ("toy", {"criteria": "weight"}, {"criteria": "weight,lrp"}),
        ("toy", {"sparsities": "0,0.5"}, {"sparsities": "0:0.9:0.1"}),
        ("toy_study", {"seeds": 5}, {"seeds": 50}),
        ("toy_study", {"criteria": "weight"}, {"criteria": "weight,lrp"}),
        ("toy_study", {"training": "quick"}, {"training": "published"}),
        ("sweep", {"epochs": 1}, {"epochs": 10}),
        ("sweep", {"seeds": "0"}, {"seeds": "0,1"}),
        ("sweep", {"criteria": "weight"}, {"criteria": "weight,random"}),
        ("sweep", {"finetune_epochs": 0}, {"finetune_epochs": 1}),
        ("sweep", {"training_images": 300}, {"training_images": 900}),
        ("input_selection", {"epochs": 1}, {"epochs": 10}),
        ("input_selection", {"kinds": "static"}, {"kinds": "static,dynamic"}),
        ("input_selection", {"seeds": "0"}, {"seeds": "0,1"}),
        ("guided_sparsity", {"epochs": 1}, {"epochs": 10}),
        ("guided_sparsity", {"lasso": "0.01"}, {"lasso": "0.01,0.02"}),
        ("mint", {"retrain_epochs": 1}, {"retrain_epochs": 5}),
        ("mint", {"percentages": "50"}, {"percentages": "50,90"}),
        ("mint", {"samples_per_class": "50"}, {"samples_per_class": "100"}),
    ],
)
def test_more_to_do_takes_longer(name, less, more, data_dir):
    assert counted(name, data_dir, **less).seconds < counted(name, data_dir, **more).seconds


def test_a_network_that_has_been_trained_is_not_trained_again(tmp_path):
    values = {
        "epochs": 3,
        "seeds": "0",
        "criteria": "weight",
        "sparsities": "0,0.5",
        "training_images": 200,
        "take_away": "",
    }
    study, before = experiments["sweep"], counted("sweep", tmp_path, **values)
    config = study.config.model_validate(values)
    then = datetime.now(UTC)
    *_, end = execute(study, config, Context(tmp_path))
    assert end.status == "done"
    assert counted("sweep", tmp_path, **values).seconds < before.seconds
    assert counted("sweep", tmp_path, **values | {"epochs": 2}).counts["training"] == 1
    assert study.work
    # For the run itself, which trained it, nothing was there.
    assert study.work(config, Here(tmp_path, then)).counts == before.counts


def test_a_toy_network_that_has_been_trained_is_not_trained_again(tmp_path):
    values = {"hidden": "10,10", "grid": 20, "criteria": "weight", "sparsities": "0.5"}
    study, before = experiments["toy"], counted("toy", tmp_path, **values)
    *_, end = execute(study, study.config.model_validate(values), Context(tmp_path))
    assert end.status == "done"
    assert "toy step" in before.counts
    assert "toy step" not in counted("toy", tmp_path, **values).counts


def test_workers_share_what_can_be_done_side_by_side():
    alone = Work({"second": 8.0})
    assert alone.with_workers(4) == 8
    assert Work({"second": 8.0}, lanes=4).with_workers(4) == 4
    assert (alone + Work({"second": 1.0}, lanes=2)).lanes == 2


def measured_alone():
    return [each for each in recipes if each.measured and each.measured.conditions == "2 cores"]


@pytest.mark.parametrize("recipe", measured_alone(), ids=lambda recipe: recipe.name)
def test_counted_operations_come_close_to_what_shipped_measurements_took(recipe, data_dir):
    work = counted(recipe.experiment, data_dir, **recipe.config)
    assert 1 / sqrt(WIDEST) < work.seconds / recipe.measured.seconds < sqrt(WIDEST)


def test_counting_takes_no_torch(data_dir):
    counted("sweep", data_dir)
    code = f"""
import sys
from pathlib import Path
from pruning.estimates.work import Here
from pruning.experiments.base import experiments
study = experiments["sweep"]
print(study.work(study.config(), Here(Path({str(data_dir)!r}))).seconds > 0, "torch" in sys.modules)
"""
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.stdout.split() == ["True", "False"]
