"""What the study published about circle, with the published network."""

from __future__ import annotations

from pathlib import Path

import pytest

from pruning.context import Context
from pruning.events import Note, fold
from pruning.execution import execute
from pruning.experiments.base import experiments

# Training takes a quarter of a minute on an idle machine, and this one may be busy.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def accuracies(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], float]:
    """Training accuracy by criterion and seed; `unpruned` is there too."""
    folder: Path = tmp_path_factory.mktemp("published")
    study = experiments["toy"]
    found = {}
    for seed in range(4):
        config = study.config(
            dataset="circle",
            hidden=[1000, 1000, 1000],
            reference_samples=10,
            reference_seed=seed,
            sparsities=[1 / 3],
            grid=20,
        )
        events = list(execute(study, config, Context(folder)))
        assert not [event for event in events if isinstance(event, Note)]
        result = fold(events)
        assert result.status == "done", result.error
        for name, _, removed, train, _ in result.tables["accuracy"].rows:
            assert removed == 1000
            found[name, seed] = train
        found["unpruned", seed] = result.series["accuracy/unpruned"].y[0]
    return found


def test_lrp_keeps_the_unpruned_accuracy(accuracies):
    for seed in range(4):
        assert accuracies["lrp", seed] >= accuracies["unpruned", seed] - 0.005
        assert accuracies["unpruned", seed] >= 0.999


def test_lrp_is_the_best_of_the_four(accuracies):
    for seed in range(4):
        others = [accuracies[name, seed] for name in ("weight", "grad", "taylor")]
        assert accuracies["lrp", seed] >= max(others)


def test_gradients_lie_three_points_below(accuracies):
    for name in ("grad", "taylor"):
        mean = sum(accuracies[name, seed] for seed in range(4)) / 4
        assert mean <= accuracies["unpruned", 0] - 0.03


def test_weight_does_not_depend_on_the_reference_samples(accuracies):
    assert len({accuracies["weight", seed] for seed in range(4)}) == 1
