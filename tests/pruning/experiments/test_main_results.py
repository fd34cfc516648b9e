"""The one line that a list of runs says of a result."""

from __future__ import annotations

import pytest

from pruning.context import Context
from pruning.events import Point, Result, Table, fold
from pruning.execution import execute
from pruning.experiments.base import MainResult, experiments
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.main_result import main_result as sweep
from pruning.experiments.toy.main_result import main_result as toy
from pruning.experiments.toy_study.main_result import main_result as toy_study


def toy_result(rows: list[tuple[str, float, float]], unpruned: float = 0.9) -> Result:
    columns = ["criterion", "sparsity", "test_accuracy"]
    level = Point(series="accuracy/unpruned", x=0, y=unpruned, labels={"scenario": "test"})
    return fold([level, Table(name="accuracy", columns=columns, key=columns[:2], rows=rows)])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("lrp", 0.5, 0.9), ("weight", 0.8, 0.8)], ("50 % of units by lrp at 90 %", 0.5)),
        ([("lrp", 0.8, 0.89), ("weight", 0.8, 0.893)], ("80 % of units by weight at 89.3 %", 0.8)),
        ([("lrp", 1 / 3, 0.89)], ("33.3 % of units by lrp at 89 %", 1 / 3)),
        ([("lrp", 0.0, 0.9), ("lrp", 0.1, 0.5)], ("nothing removed within 1 point", 0.0)),
    ],
)
def test_a_toy_run_says_how_much_can_go_by_whom(rows, expected):
    assert toy(None, toy_result(rows)) == MainResult(*expected)


def test_what_has_come_to_nothing_says_nothing():
    assert toy(None, Result()) is None
    assert toy(None, toy_result([("lrp", 0.0, 0.9)])) is None
    assert sweep(SweepConfig(), Result()) is None
    study = experiments["toy_study"].config()
    assert toy_study(study, Result()) is None


def test_a_sweep_says_of_what_and_tells_a_control():
    columns = ["criterion", "granularity", "sparsity", "test_accuracy"]
    rows = [["lrp", "unit", 0.5, 0.95], ["lrp_shuffled", "weight", 0.9, 0.95]]
    level = Point(series="accuracy/dense", x=0, y=0.95, labels={"statistic": "mean"})
    said = fold([level, Table(name="summary", columns=columns, key=columns[:3], rows=rows)])
    expected = "90 % of weights by lrp, layer-shuffled, at 95 %"
    assert sweep(SweepConfig(), said) == MainResult(expected, 0.9)


def test_no_criterion_of_a_study_wins_by_having_been_left_out_where_it_is_hard():
    study = experiments["toy_study"].config(criteria=["lrp", "weight"], fraction=0.25)
    columns = ["dataset", "criterion", "reference_samples", "scenario", "mean"]
    rows = [
        ["moon", "lrp", 1, "test", 0.8],
        ["moon", "weight", 1, "test", 0.9],
        ["moon", "weight", 1, "train", 0.1],
        ["mult", "lrp", 1, "test", 1.0],
    ]
    said = fold([Table(name="accuracy", columns=columns, key=columns[:4], rows=rows)])
    expected = MainResult("90 % by weight, 25 % of units removed", 0.9)
    assert toy_study(study, said) == expected


def test_a_real_run_has_one(tmp_path):
    study = experiments["toy"]
    config = study.config(hidden=[8], grid=20, sparsities=[0, 0.5], criteria=["weight"])
    result = fold(execute(study, config, Context(data_dir=tmp_path)))
    found = study.main_result(config, result)
    assert found.value in (0.0, 0.5)
    assert found == study.main_result(config, result.model_copy(update={"frames": {}}))


@pytest.mark.parametrize(
    ("budget", "granularity", "said"),
    [("units", "semi_structured", "weights in N:M"), ("latency", "unit", "latency")],
)
def test_a_sweep_says_what_its_shares_are_of(budget, granularity, said):
    config = SweepConfig(budget=budget)
    columns = ["criterion", "granularity", "sparsity", "test_accuracy"]
    table = Table(
        name="summary", columns=columns, key=columns[:3], rows=[["weight", granularity, 0.5, 0.9]]
    )
    level = Point(series="accuracy/dense", x=0, y=0.9, labels={"statistic": "mean"})
    assert sweep(config, fold([level, table])).text == f"50 % of {said} by weight at 90 %"
