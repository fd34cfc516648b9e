"""However an experiment goes, it ends in exactly one end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pytest
import torch
from pydantic import Field, ValidationError

from pruning.context import CannotRunError, Context
from pruning.events import End, Event, Progress
from pruning.execution import execute
from pruning.experiments.base import (
    Experiment,
    ExperimentConfig,
    config_hash,
    experiment,
    experiments,
)
from pruning.experiments.fields import AsNumbers
from pruning.experiments.outputs import Outputs


class Config(ExperimentConfig):
    numbers: Annotated[list[float], AsNumbers] = Field([1.0])
    fail: bool = False


def run(config: Config, context: Context) -> Iterator[Event]:
    yield Progress(done=0, total=1)
    if config.fail:
        raise RuntimeError("the reason")
    yield Progress(done=1, total=1)


STUDY = Experiment("study", "Study", "A study.", "interactive", Config, run, Outputs())


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(tmp_path)


def test_a_run_that_ends_is_done(context: Context):
    events = list(execute(STUDY, Config(), context))
    assert [event.kind for event in events] == ["progress", "progress", "end"]
    assert events[-1] == End(status="done")


def test_a_run_that_fails_says_why(context: Context, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.CRITICAL):
        events = list(execute(STUDY, Config(fail=True), context))
    assert events[-1] == End(status="failed", error="RuntimeError: the reason")
    assert [event.kind for event in events] == ["progress", "end"]


def test_a_run_that_cannot_be_says_what_to_change_in_plain_words(context: Context):
    def refuse(config: Config, context: Context) -> Iterator[Event]:
        yield Progress(done=0, total=1)
        raise CannotRunError("choose another dataset")

    events = list(execute(replace(STUDY, run=refuse), Config(), context))
    assert events[-1] == End(status="failed", error="choose another dataset")


def test_a_run_that_stops_itself_between_two_events_is_cancelled(context: Context):
    asked = []

    def work(config: Config, context: Context) -> Iterator[Event]:
        yield Progress(done=0, total=1)
        asked.append(True)
        context.check()
        raise AssertionError("check() did not raise")

    context = replace(context, cancelled=lambda: bool(asked))
    events = list(execute(replace(STUDY, run=work), Config(), context))
    assert events[-1] == End(status="cancelled")


def test_a_cancelled_run_stops_after_the_next_event(context: Context):
    events = list(execute(STUDY, Config(), replace(context, cancelled=lambda: True)))
    assert [event.kind for event in events] == ["progress", "end"]
    assert events[-1] == End(status="cancelled")


def test_a_configuration_is_closed_and_frozen():
    with pytest.raises(ValidationError, match="Extra inputs"):
        Config(colour="red")
    with pytest.raises(ValidationError, match="frozen"):
        Config().fail = True


def test_the_hash_is_of_the_meaning_not_of_the_spelling():
    assert config_hash("study", Config(numbers="1, 0.5")) == config_hash(
        "study", Config(numbers=[1, 0.5])
    )
    hashes = {
        config_hash("study", Config()),
        config_hash("other", Config()),
        config_hash("study", Config(fail=True)),
    }
    assert len(hashes) == 3
    assert all(len(name) == 16 for name in hashes)


def test_the_decorator_registers_an_experiment():
    experiments.names()
    before = dict(experiments._entries)
    try:
        decorate = experiment(
            "study",
            title="Study",
            description="A study.",
            queue="interactive",
            config=Config,
            outputs=Outputs(),
        )
        assert decorate(run) is run
        assert experiments["study"] == STUDY
    finally:
        experiments._entries = before


def test_equal_seeds_give_equal_numbers(context: Context):
    draws = [torch.rand(3, generator=context.generator("weights", seed)) for seed in (1, 1, 2)]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


def test_what_was_made_once_is_found_by_the_next_attempt(tmp_path: Path):
    drafts: list[Path | None] = []

    def make(unfinished: Path | None) -> Iterator[str]:
        drafts.append(unfinished)
        yield "working"
        return {"w": torch.ones(2)}, {"best": "0.5"}

    def attempt(context: Context) -> tuple[list[str], tuple[dict, dict]]:
        said, making = [], context.once("stages/a", make)
        while True:
            try:
                said.append(next(making))
            except StopIteration as stop:
                return said, stop.value

    lasting = Context(tmp_path, scratch=tmp_path)
    said, (first, words) = attempt(lasting)
    assert (said, words) == (["working"], {"best": "0.5"})
    said, (again, words) = attempt(lasting)
    assert (said, words) == ([], {"best": "0.5"})
    assert torch.equal(first["w"], again["w"])
    assert attempt(Context(tmp_path))[0] == ["working"]
    assert drafts == [tmp_path / "stages/a.part", None]
