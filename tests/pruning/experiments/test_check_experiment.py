"""Every experiment holds what it declares, and the check finds those that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pruning.checks import check_experiment
from pruning.context import Context
from pruning.events import Array, Artifact, Event, Frame, Point, Progress, Table
from pruning.experiments.base import (
    Experiment,
    ExperimentConfig,
    MainResult,
    experiments,
)
from pruning.experiments.outputs import (
    Column,
    Facts,
    FrameOutput,
    Outputs,
    Quantity,
    Series,
    TableOutput,
    Variant,
)

TOY = {"hidden": [8, 8], "sparsities": "0:0.9:0.3", "grid": 20, "criteria": "lrp,random"}
STUDY = {
    "datasets": "circle",
    "criteria": "weight,lrp",
    "hidden": [140],
    "seeds": 3,
    "reference_samples": "1,5",
    "ranks": True,
}
SWEEP = {
    "epochs": 2,
    "seeds": [0, 1],
    "criteria": "weight,random",
    "granularities": "weight,semi_structured,unit",
    "sparsities": "0.5,0.9",
    "finetune_epochs": 1,
    "sensitivity": True,
    "latency_batch": 8,
    "training_images": 300,
    "test_images": 100,
    "take_away": ["safetensors", "masks", "tensorboard"],
}
# What is measured leads to other networks each time: with that budget only the dense one is equal.
BUDGETS = [("parameters", "0.5"), ("multiply_adds", "0.5"), ("latency", "0")]
TO_BUDGETS = [
    SWEEP | {"granularities": "unit", "budget": budget, "sparsities": sparsities}
    for budget, sparsities in BUDGETS
]


@pytest.mark.parametrize(
    ("name", "configs"),
    [("toy", [TOY]), ("toy_study", [STUDY]), ("sweep", [SWEEP, *TO_BUDGETS])],
    ids=["toy", "toy_study", "sweep"],
)
def test_an_experiment_holds_what_it_declares(name: str, configs: list[dict[str, Any]]):
    check_experiment(name, *configs)


STEP, SQUARE = Quantity("step", "step", "integer"), Quantity("square", "its square")
SERIES = Series("squares/{of}", STEP, SQUARE, ("sign",))
TABLE = TableOutput(
    "squares", "Squares", (Column("n", "Number", "integer"), Column("square", "Square")), key=("n",)
)
FRAME = FrameOutput("number", "Number", {"n": "the number"}, STEP)
OUTPUTS = Outputs((SERIES,), (TABLE,), (FRAME,))


class Config(ExperimentConfig):
    """Nothing to set."""


def point(**changes: Any) -> Point:
    return Point.model_validate(
        {"series": "squares/n", "x": 1, "y": 1, "labels": {"sign": "+"}} | changes
    )


def table(*rows: list[Any], **changes: Any) -> Table:
    given = {
        "name": "squares",
        "columns": ["n", "square"],
        "key": ["n"],
        "rows": rows or [[1, "1"]],
    }
    return Table.model_validate(given | changes)


def frame(name: str = "number", at: float = 1, **arrays: Any) -> Frame:
    return Frame(name=name, at=at, arrays={n: Array.of(a, "i4") for n, a in arrays.items()})


def progress(done: int) -> Progress:
    return Progress(done=done, total=3)


RIGHT = [progress(1), point(), table(), frame(n=[1]), progress(3)]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Check an experiment that says these events, whatever else it declares."""
    experiments.names()
    before = dict(experiments._entries)

    def check(*said: Event, **declared: Any) -> None:
        def run(config: Config, context: Context) -> Iterator[Event]:
            yield from said

        fields = {"run": run, "outputs": OUTPUTS} | declared
        experiments.add(
            Experiment("wrong", "Wrong", "Wrong.", "interactive", Config, **fields), __name__
        )
        # Another process would not know of it; that is checked of the real ones.
        monkeypatch.setattr("pruning.checks._check_importable", lambda *_: None)
        check_experiment("wrong", {})

    yield check
    experiments._entries = before


def test_what_is_right_passes(check):
    check(*RIGHT)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([point(series="cubes/n")], "the series cubes/n .* is not declared"),
        ([point(labels={})], r"has the labels \[\]"),
        ([point(y=float("nan"))], "no number"),
        ([point(x=0.5)], "no whole number"),
        ([table(name="cubes")], "the table cubes is not declared"),
        ([table(columns=["square", "n"])], "has columns"),
        ([table(key=["square"])], "has the key"),
        ([table([1.5, "1"])], "n of the table squares is not integer"),
        ([table([True, "1"])], "n of the table squares is not integer"),
        ([table([1, 1])], "square of the table squares is not text"),
        ([table([None, "1"])], "has no key"),
        ([table([1, "1"], [1, "2"])], "says a row twice"),
        ([frame("letter", n=[1])], "the frame letter is not declared"),
        ([frame(m=[1])], "an array m that is not declared"),
        ([progress(2), progress(1)], "progress goes back"),
        ([Progress(done=4, total=3)], "progress goes too far"),
        (
            [Artifact(name="A file", media_type="text/plain", size=1, path="file.txt")],
            "no file file.txt",
        ),
    ],
)
def test_what_is_said_wrongly_is_found(check, said: list[Event], message: str):
    *right, end = RIGHT
    with pytest.raises(AssertionError, match=message):
        check(*right, *said, end)


@pytest.mark.parametrize("missing", range(len(RIGHT)))
def test_what_is_declared_has_to_come(check, missing: int):
    said = [event for place, event in enumerate(RIGHT) if place != missing]
    if missing == 0:
        return check(*said)
    with pytest.raises(AssertionError, match=r"never comes|progress ends before"):
        check(*said)
    return None


def test_a_picture_has_the_shape_of_one(check):
    outputs = Outputs((SERIES,), (TABLE,), (FrameOutput("number", "N", {"n": "n"}, STEP, "n"),))
    with pytest.raises(AssertionError, match=r"a picture of the shape \(1,\)"):
        check(*RIGHT, outputs=outputs)


def test_a_frame_without_a_slider_has_no_place(check):
    outputs = Outputs((SERIES,), (TABLE,), (FrameOutput("number", "N", {"n": "n"}),))
    with pytest.raises(AssertionError, match="has a place: 1"):
        check(*RIGHT, outputs=outputs)


def test_equal_configurations_say_equal_things(check):
    runs = iter((1.0, 2.0))

    def run(config: Config, context: Context) -> Iterator[Event]:
        *right, end = RIGHT
        yield from (*right, point(y=next(runs)), end)

    with pytest.raises(AssertionError, match="equal configurations"):
        check(run=run)


def test_what_a_clock_tells_may_differ(check):
    runs = iter((1.0, 2.0))
    timed = Series(SERIES.name, STEP, Quantity("seconds", "seconds", timed=True), SERIES.labels)

    def run(config: Config, context: Context) -> Iterator[Event]:
        *right, end = RIGHT
        yield from (*right, point(y=next(runs)), end)

    check(run=run, outputs=Outputs((timed,), (TABLE,), (FRAME,)))


def test_a_run_that_fails_is_told(check):
    def run(config: Config, context: Context) -> Iterator[Event]:
        yield progress(1)
        raise RuntimeError("stumbled")

    with pytest.raises(AssertionError, match="stumbled"):
        check(run=run)


def test_variants_are_told_apart_and_main_results_are_some(check):
    twice = Facts(variants=(Variant("kind", "a", "A"), Variant("kind", "a", "B")))
    with pytest.raises(AssertionError, match="two variants"):
        check(*RIGHT, facts=lambda _: twice)


def test_a_main_result_is_one(check):
    check(*RIGHT, main_result=lambda *_: MainResult("all", 1.0))


def test_a_main_result_that_is_none_is_told(check):
    with pytest.raises(AssertionError, match="no main result: all"):
        check(*RIGHT, main_result=lambda *_: "all")


def test_an_experiment_that_needs_torch_to_be_described_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    module = tmp_path / "heavy_experiment.py"
    module.write_text(
        "import torch\n"
        "from pruning.experiments.base import ExperimentConfig, experiment\n"
        "from pruning.experiments.outputs import Outputs\n"
        "class Heavy(ExperimentConfig):\n"
        "    size: int = 1\n"
        "@experiment('heavy', title='Heavy', description='Heavy.', queue='interactive',\n"
        "            config=Heavy, outputs=Outputs())\n"
        "def run(config, context):\n"
        "    yield from ()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    experiments.names()
    before = dict(experiments._entries)
    try:
        __import__("heavy_experiment")
        with pytest.raises(AssertionError, match="without torch"):
            check_experiment("heavy", {})
    finally:
        experiments._entries = before
