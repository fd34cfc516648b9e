"""What cannot be asked of guided sparsity, and what to change then; how steps are counted."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pruning.experiments.guided_sparsity.config import MOST_MOMENTS, GuidedSparsityConfig
from pruning.experiments.guided_sparsity.parts import parts
from tests.pruning.experiments.guided import config_of


@pytest.mark.parametrize(
    ("settings", "field", "told"),
    [
        ({"epochs": 0}, "epochs", "0 epochs have no steps: give at least 1, or a number of steps"),
        ({"steps": 0}, "steps", "greater than or equal to 1"),
        (
            {"steps": 10_000, "evaluate_every": 1},
            "evaluate_every",
            "10,000 steps would be looked at 10,001 times: evaluate every 26 steps or more",
        ),
        (
            {"lasso": "0.1:0.9:0.1", "variance": "0.1:0.7:0.1"},
            "lasso",
            "74 networks would race for each seed, at most 60 can: give fewer coefficients",
        ),
        ({"arms": ""}, "arms", "at least 1 item"),
        ({"l1": "0"}, "l1", "greater than 0"),
        ({"l1": ""}, "l1", "at least 1 item"),
        ({"variance": "1000"}, "variance", "less than or equal to 100"),
        ({"threshold": 1}, "threshold", "less than 1"),
        ({"levels": "1"}, "levels", "less than 1"),
        ({"spared": "fc9"}, "spared", "has no layer fc9; there are fc1, fc2, output"),
        ({"spared": "fc1,fc1"}, "spared", "name each once"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(settings: dict[str, Any], field: str, told: str):
    with pytest.raises(ValidationError) as refusal:
        config_of(**settings)
    [error, *_] = refusal.value.errors()
    assert error["loc"][0] == field
    assert told in error["msg"]


@pytest.mark.parametrize("steps", [397, 398, 399, 400, 401, 10_000, 123_457])
def test_what_is_advised_is_enough(steps: int):
    with pytest.raises(ValidationError) as refusal:
        config_of(steps=max(steps, MOST_MOMENTS), evaluate_every=1)
    advised = int(refusal.value.errors()[0]["msg"].split("every ")[1].split()[0].replace(",", ""))
    assert len(config_of(steps=steps, evaluate_every=advised).moments) <= MOST_MOMENTS


def test_steps_need_no_epochs():
    config = config_of(epochs=0, steps=13)
    assert config.total_steps == 13
    # 6 steps each.
    assert config.training(0).epochs == 3
    assert config.training(0).steps == 13
    assert config.moments == [0, 6, 12, 13]


@pytest.mark.parametrize(("epochs", "moments"), [(1, [0, 6]), (2, [0, 6, 12])])
def test_the_last_moment_comes_once(epochs: int, moments: list[int]):
    assert config_of(epochs=epochs).moments == moments


def test_coefficients_that_differ_little_are_told_apart():
    """What is kept of a race is found by the name of its entrant."""
    config = config_of(arms="group_lasso", lasso="0.0100000001,0.0100000002")
    names = [entrant.name for entrant in config.entrants]
    assert names == ["group_lasso 0.0100000001", "group_lasso 0.0100000002"]


def test_entrants_are_called_as_people_write_their_coefficients():
    told = {entrant.name: entrant.title for entrant in GuidedSparsityConfig().entrants}
    assert told == {
        "none": "No penalty",
        "l1 0.0001": "L1 0.0001",
        "group_lasso 0.002": "Group lasso 0.002",
        "group_lasso 0.005": "Group lasso 0.005",
        "group_lasso_variance 0.002 0.01": "Group lasso + variance 0.002 + 0.01",
        "group_lasso_variance 0.005 0.01": "Group lasso + variance 0.005 + 0.01",
    }


def test_parts_have_the_steps_of_all_their_networks():
    found = parts(config_of(steps=13))
    assert [(part.name, part.steps) for part in found] == [
        ("race/0", 6 * 13),
        ("race/1", 6 * 13),
        ("comparison", 1),
    ]
