"""Runs of guided sparsity that are cut, cancelled, divided or done again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pruning.context import Context
from pruning.events import Event, Progress, fold
from pruning.execution import execute
from pruning.experiments.guided_sparsity import measuring, racing
from pruning.experiments.guided_sparsity.parts import parts
from pruning.training import checkpoints
from tests.pruning.experiments.guided import (
    GUIDED,
    carried_out,
    config_of,
    context_of,
    done,
    hurried,  # noqa: F401 - no test of this file waits for clocks
    untimed,
)

CUT = {"epochs": 2, "arms": "none,group_lasso_variance", "lasso": "0.05", "steps": 11}


@pytest.fixture(scope="module")
def uncut(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    return carried_out(tmp_path_factory.mktemp("uncut"), **CUT)


@pytest.mark.parametrize("images_per_checkpoint", [1, 10_000])
def test_a_run_that_is_cut_anywhere_ends_as_if_it_had_not_been(
    uncut: list[Event],
    tmp_path: Path,
    images_per_checkpoint: int,
    monkeypatch: pytest.MonkeyPatch,
):
    """Even where nothing that the first attempt said was heard; in the midst of an epoch, too."""
    monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", images_per_checkpoint)
    wanted = fold(uncut)
    assert wanted.status == "done"
    for cut in range(3 + images_per_checkpoint % 9, len(uncut), 13):
        home = tmp_path / str(cut)
        home.mkdir()
        running = execute(GUIDED, config_of(**CUT), context_of(home))
        said = [next(running) for _ in range(cut)]
        running.close()
        again = carried_out(home, **CUT)
        for heard in (fold(again), fold([*said, *again])):
            assert untimed(heard) == untimed(wanted)
            assert heard.series.keys() == wanted.series.keys()
            assert heard.frames == wanted.frames


def test_a_checkpoint_is_gone_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Otherwise the test above would not see one."""
    monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 1)
    running = execute(GUIDED, config_of(**CUT), context_of(tmp_path))
    for event in running:
        if isinstance(event, Progress) and "variance 0.05 + 0.01 at step 7" in event.message:
            break
    running.close()
    assert len(list((tmp_path / "scratch").rglob("*.part"))) == 2
    again = [e.message for e in carried_out(tmp_path, **CUT) if isinstance(e, Progress)]
    for title in ("No penalty", "Group lasso + variance 0.05 + 0.01"):
        told = f"Racing, seed 0: {title} at step"
        steps = [message.removeprefix(told) for message in again if message.startswith(told)]
        assert steps == [f" {step} of 11" for step in (0, *range(7, 12))]


def test_parts_need_nothing_but_what_is_before_them(tmp_path: Path, uncut: list[Event]):
    """Each in a folder of its own, as on machines that share none."""
    assert GUIDED.division
    events: list[Event] = []
    for place, part in enumerate(parts(config_of(**CUT))):
        (tmp_path / str(place)).mkdir()
        events += GUIDED.division.run_one(config_of(**CUT), part, Context(tmp_path / str(place)))
    assert untimed(fold(events)) == untimed(fold(uncut))


@pytest.mark.parametrize("while_timed", [False, True])
def test_who_cancels_does_not_wait(
    tmp_path: Path, while_timed: bool, monkeypatch: pytest.MonkeyPatch
):
    asked: list[bool] = []

    def endless(dense: Any, network: Any, x: Any, seconds: float, check: Callable[[], None]) -> Any:
        asked.append(True)
        while True:
            check()

    monkeypatch.setattr(measuring, "speedup", endless)
    context = context_of(tmp_path, cancelled=lambda: bool(asked))
    settings = {"lasso": "0.05", "arms": "group_lasso"}
    after: list[Event] = []
    for place, event in enumerate(execute(GUIDED, config_of(**settings), context)):
        after += [event] if asked else []
        if place == 10 and not while_timed:
            asked.append(True)
    assert fold(after).status == "cancelled"
    assert len(after) <= 2


def test_a_network_is_trained_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With the scratch folder of a run that is done: nothing is learned again."""

    result = done(tmp_path, **CUT)

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("it is trained again")

    monkeypatch.setattr(racing, "train", never)
    assert untimed(done(tmp_path, **CUT)) == untimed(result)


def test_each_network_is_trained_once_where_nothing_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """On the command line and in notebooks parts find what others have left, too."""
    trained = []
    train = racing.train

    def counted(*args: Any) -> Any:
        trained.append(args)
        return train(*args)

    monkeypatch.setattr(racing, "train", counted)
    config = config_of(**CUT)
    assert fold(execute(GUIDED, config, Context(tmp_path))).status == "done"
    assert len(trained) == len(config.entrants) * len(config.seeds)
