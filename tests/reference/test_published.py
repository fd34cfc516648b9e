"""What the study published about circle and moon, with the published networks."""

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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory: every network is trained once."""
    return tmp_path_factory.mktemp("published")


@pytest.fixture(scope="module")
def accuracies(folder: Path) -> dict[tuple[str, str], float]:
    """Training accuracy by criterion and seed; `unpruned` is there too."""
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
        assert not [e for e in events if isinstance(e, Note) and e.level != "info"]
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


@pytest.fixture(scope="module")
def rows(folder: Path) -> dict[tuple[str, str, int], dict[str, float]]:
    """The study's rows on the training set, by dataset, criterion and sample count."""
    study = experiments["toy_study"]
    config = study.config(datasets=["moon", "circle"], reference_samples=[5, 20], seeds=20)
    result = fold(execute(study, config, Context(folder)))
    assert result.status == "done", result.error
    table = result.tables["accuracy"]
    named = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return {
        (row["dataset"], row["criterion"], row["reference_samples"]): row
        for row in named
        if row["scenario"] == "train"
    }


@pytest.mark.parametrize("count", [5, 20])
@pytest.mark.parametrize("dataset", ["moon", "circle"])
class TestWhatMustHold:
    def test_lrp_is_the_best_and_as_good_as_unpruned_with_almost_no_spread(
        self, rows, dataset: str, count: int
    ):
        lrp = rows[dataset, "lrp", count]
        others = [rows[dataset, name, count]["mean"] for name in ("weight", "grad", "taylor")]
        assert lrp["mean"] >= max(others)
        assert lrp["mean"] >= lrp["unpruned_mean"] - 0.005
        assert lrp["sd"] < 0.005

    @pytest.mark.parametrize("name", ["grad", "taylor"])
    def test_gradients_lie_at_least_three_points_below_with_wide_bands(
        self, rows, dataset: str, count: int, name: str
    ):
        row = rows[dataset, name, count]
        assert row["mean"] <= rows[dataset, "lrp", count]["mean"] - 0.03
        assert row["sd"] > 0.03

    def test_weight_is_the_same_for_every_count(self, rows, dataset: str, count: int):
        row = rows[dataset, "weight", count]
        assert row["mean"] == rows[dataset, "weight", 5]["mean"]
        assert row["sd"] == 0
