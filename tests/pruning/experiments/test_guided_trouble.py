"""Networks that diverge, die or cannot be penalised: each ends alone, and says why."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from pruning.evaluation.batches import ImageSet, Splits
from pruning.events import fold
from pruning.experiments.guided_sparsity.racing import Guided
from pruning.experiments.guided_sparsity.study import _chance
from pruning.models.base import Shape, model, models
from pruning.training.epochs import DivergedError
from pruning.training.hooks import Step
from tests.pruning.experiments.guided import (
    GUIDED,
    carried_out,
    check_numbers,
    config_of,
    done,
    hurried,  # noqa: F401 - no test of this file waits for clocks
    rows,
    setup_of,
    to_test,
)

DIVERGING = [
    # The variance of a layer is least at the start.
    ({"optimizer": "sgd", "learning_rate": 0.05, "variance": "100"}, {"group_lasso_variance"}),
    ({"optimizer": "sgd", "learning_rate": 0.05, "l1": "100"}, {"l1"}),
    (
        {"optimizer": "sgd", "learning_rate": 10, "lasso_step": "subgradient"},
        {"l1", "group_lasso", "group_lasso_variance"},
    ),
]


@pytest.mark.parametrize("evaluate_every", [1, 6, 1000])
@pytest.mark.parametrize(("settings", "diverging"), DIVERGING, ids=["variance", "l1", "rate"])
def test_an_arm_that_diverges_ends_alone(
    tmp_path: Path, settings: dict[str, Any], diverging: set[str], evaluate_every: int
):
    result = done(
        tmp_path, seeds="0", lasso="0.02", epochs=4, evaluate_every=evaluate_every, **settings
    )
    check_numbers(result)
    ended = {row["arm"]: row["ended"] for row in rows(result, "arms")}
    assert {arm for arm, how in ended.items() if how == "diverged"} >= diverging
    for row in rows(result, "arms"):
        assert (row["accuracy"] is None) == (row["ended"] == "diverged")
    warned = [note.text for note in result.notes if note.level == "warning"]
    assert sum("diverged" in text and "Choose a" in text for text in warned) == len(
        [how for how in ended.values() if how == "diverged"]
    )
    assert {row["arm"] for row in rows(result, "summary")} == {
        arm for arm, how in ended.items() if how == "whole"
    }


@pytest.mark.parametrize(
    ("scale", "told"), [(1e15, "its loss is (inf|nan)"), (1e30, "weights are no numbers any more")]
)
def test_a_moment_that_is_no_number_is_none(scale: float, told: str):
    """Weights may still be numbers where the loss is none any more."""
    setup = setup_of()
    network, training = setup.untrained(0), setup.config.training(0)
    watch = Guided(setup, network, training, setup.splits(0)).watch
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(scale)
    with torch.no_grad(), pytest.raises(DivergedError, match=f"before step 0: {told}.*Choose a"):
        watch.before_step(Step(1, 36, 0.1))
    assert not watch.moments


def test_where_every_arm_diverges_there_are_rows_still(tmp_path: Path):
    result = done(
        tmp_path,
        arms="l1,group_lasso",
        l1="100",
        lasso="100",
        optimizer="sgd",
        learning_rate=10,
        lasso_step="subgradient",
    )
    assert [row["ended"] for row in rows(result, "arms")] == ["diverged"] * 4
    assert "summary" not in result.tables
    assert GUIDED.main_result
    assert GUIDED.main_result(config_of(), result) is None


def test_where_all_units_die_nothing_is_faster(tmp_path: Path):
    result = done(tmp_path, arms="none,group_lasso", lasso="100", seeds="0")
    dense, dead = rows(result, "arms")
    assert dead["sparsity_of_all_weights"] == dead["sparsity_mean_of_layers"] == 1
    # Whatever the biases say, of all images.
    assert dead["accuracy"] in class_shares(0)
    assert dead["accuracy"] < 0.2 < dense["accuracy"]
    assert [dead[f"speedup_measured{part}"] for part in ("", "_q1", "_q3")] == [None] * 3
    assert dead["alive_units"] == 2
    assert dead["parameters_slim"] == 64 + 1 + 1 + 1 + 10 + 10
    [warning] = [note.text for note in result.notes if note.level == "warning"]
    assert warning == (
        "Group lasso 100, seed 0: nothing is left of fc1, fc2, so that nothing passes through."
    )
    check_numbers(result)


def class_shares(seed: int) -> list[float]:
    _, y = to_test(seed)
    return [float((y == each).double().mean()) for each in range(10)]


@pytest.fixture
def narrow() -> Iterator[str]:
    """A model with a layer of one unit."""
    models.names()
    before = dict(models._entries)

    @model("narrow", title="Narrow", description="A layer of one unit.", norms=False)
    def build(shape: Shape, classes: int) -> nn.Module:
        network = nn.Sequential()
        for name, module in {
            "flatten": nn.Flatten(),
            "wide": nn.Linear(math.prod(shape), 30),
            "relu1": nn.ReLU(),
            "narrow": nn.Linear(30, 1),
            "tanh": nn.Tanh(),
            "output": nn.Linear(1, classes),
        }.items():
            network.add_module(name, module)
        return network

    yield "narrow"
    models._entries = before


def test_a_layer_of_one_unit_races_with_the_others(tmp_path: Path, narrow: str):
    result = done(tmp_path, model=narrow, seeds="0", lasso="0.05")
    assert {row["ended"] for row in rows(result, "arms")} == {"whole"}
    texts = [note.text for note in result.notes if note.level == "info"]
    assert texts[1:] == ["A single unit has no variance: narrow has no such term."]
    check_numbers(result)
    here = [row for row in rows(result, "layers") if row["layer"] == "narrow"]
    assert {row["units"] for row in here} == {1}


def test_all_layers_may_be_spared(tmp_path: Path):
    """Then all arms are the same."""
    result = done(tmp_path, spared="fc1,fc2,output", seeds="0", lasso="0.05", epochs=2)
    told = {
        (row["accuracy"], row["sparsity_of_all_weights"], row["nonzero_parameters"])
        for row in rows(result, "arms")
    }
    assert len(told) == 1
    assert set(result.series["along/term/l1 0.002"].y) == {0}


def test_a_layer_that_is_not_there_cannot_be_spared(tmp_path: Path, narrow: str):
    """Where nobody knows the layers of a model before it is built."""
    result = fold(carried_out(tmp_path, model=narrow, spared="fc9"))
    assert result.status == "failed"
    assert "layers without penalties: there is no layer 'fc9'" in str(result.error)


def test_chance_is_to_take_all_images_for_those_of_the_largest_class():
    """With two classes half of the images, or more, are right by chance."""
    y = torch.tensor([0, 1, 1, 1])
    images = ImageSet(torch.zeros(4, 1, 2, 2, dtype=torch.uint8), y, (0.0,), (1.0,))
    assert _chance(Splits(images, images, images)) == 0.75
