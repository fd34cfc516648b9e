"""The runs of a comparison: what they are called, and what they can put into common figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from backend.hand_mask_model import HandMask
from backend.problems import Problem
from backend.runs import Run
from frontend.comparing.fields import Settings
from frontend.figures.panels import Section
from frontend.naming import experiment_title
from frontend.views.base import comparable_of_stored, face_of
from frontend.views.comparable import (
    AXES,
    MEASURES,
    Boundary,
    Comparable,
    Curve,
    Picture,
    in_order,
)
from pruning.events import Result
from pruning.experiments.outputs import Quantity

MOST_RUNS = 20
# Of each run, by its id.
Masks = Mapping[str, Sequence[HandMask]]
Shown = TypeVar("Shown")


@dataclass(frozen=True)
class Compared:
    """A run with a name that no other run of the comparison has."""

    run: Run
    prefix: str
    name: str
    masks: Sequence[HandMask] = ()

    @cached_property
    def content(self) -> Comparable:
        """What it can put into common figures, and after it what its kept masks can."""
        return comparable_of_stored(self.run.experiment, self.run.config, self.masks)

    def told(self, result: Result) -> Result:
        """What it has said, and beside it what its masks come to."""
        face = face_of(self.run.experiment).masks
        return face.told(result, self.masks) if self.masks and face else result

    @property
    def key(self) -> str:
        """What groups and figures of it are called after."""
        return self.prefix.rstrip("/")


@dataclass(frozen=True)
class Line:
    """A curve with the run that it is of."""

    of: Compared
    curve: Curve


@dataclass(frozen=True)
class Region:
    """A boundary with the run that it is of."""

    of: Compared
    boundary: Boundary


@dataclass(frozen=True)
class Drawn:
    """Sections of a comparison, with the frames that they draw of each run, by its prefix."""

    sections: list[Section]
    frames: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Image:
    """A picture with the run that it is of."""

    of: Compared
    picture: Picture


def in_turns(
    by_run: Sequence[Sequence[Shown]], most: int
) -> tuple[list[list[Shown]], list[list[Shown]]]:
    """Of what each run has, so much as there is room for, and the rest.

    Every run has its first shown before any run has its second.
    """
    longest = max(map(len, by_run), default=0)
    turns = [
        (turn, place)
        for turn in range(longest)
        for place, found in enumerate(by_run)
        if turn < len(found)
    ]
    taken = [sum(place == mine for _, mine in turns[:most]) for place in range(len(by_run))]
    pairs = list(zip(by_run, taken, strict=True))
    return [list(f[:count]) for f, count in pairs], [list(f[count:]) for f, count in pairs]


def named(
    runs: Sequence[Run], prefixes: Sequence[str], settings: Settings, masks: Masks | None = None
) -> list[Compared]:
    """Give each run a name: its title, or else what sets it apart from the others."""
    names = [run.title or settings.apart(run) or experiment_title(run) for run in runs]
    told = zip(runs, prefixes, told_apart(runs, names), strict=True)
    return [
        Compared(run, prefix, name, (masks or {}).get(run.id, ())) for run, prefix, name in told
    ]


def names_of(runs: Sequence[Run]) -> list[str]:
    """What the runs of a comparison are called, also where it cannot be drawn."""
    return [each.name for each in named(runs, [""] * len(runs), Settings(runs))] if runs else []


def told_apart(runs: Sequence[Run], names: Sequence[str]) -> list[str]:
    """The names; those that are alike are followed by what differs, or by when they started."""
    found = list(names)
    for name in set(names):
        alike = [place for place, other in enumerate(names) if other == name]
        if len(alike) > 1:
            group = [runs[place] for place in alike]
            for place, words in zip(alike, _further(group, name), strict=True):
                found[place] = words
    return found


def _further(runs: Sequence[Run], name: str) -> list[str]:
    settings = Settings(runs)
    said = [settings.apart(run) for run in runs]
    if len(set(said)) == 1:
        return [f"{name} · {moment}" for moment in _moments(runs)]
    return told_apart(runs, [" · ".join(filter(None, (name, words))) for words in said])


def _moments(runs: Sequence[Run]) -> list[str]:
    """When each was started, as precisely as tells them apart; their ids where nothing does."""
    for form in ("%-d %b, %H:%M UTC", "%-d %b, %H:%M:%S UTC"):
        said = [f"{run.started_at or run.created_at:{form}}" for run in runs]
        if len(set(said)) == len(said):
            return said
    return [run.id for run in runs]


def shared(compared: Sequence[Compared]) -> tuple[list[Quantity], list[Quantity]]:
    """The axes and the measures that all runs have.

    Raises
    ------
    Problem
        422 that says what each run has, if there are none.
    """
    common = set.intersection(*(each.content.reach for each in compared))
    if not common:
        raise _nothing_shared(compared)
    first = compared[0].content
    axes = [each for each in first.axes if any(axis == each.name for axis, _ in common)]
    measures = [each for each in first.measures if any(name == each.name for _, name in common)]
    return in_order(axes, AXES), in_order(measures, MEASURES)


def check_number(runs: Sequence[Run]) -> None:
    """Refuse what is no comparison, or too much of one."""
    if len(runs) < 2:
        raise Problem(422, "Nothing to compare yet", "Choose at least two runs.")
    if len(runs) > MOST_RUNS:
        said = f"These are {len(runs)} runs; at most {MOST_RUNS} can be told apart in one figure."
        raise Problem(422, "Too many runs", f"{said} Take some out.")


def _nothing_shared(compared: Sequence[Compared]) -> Problem:
    lines = "; ".join(f"{each.name}: {_said(each.content)}" for each in compared)
    detail = f"No axes mean the same for all of these runs. {lines}. Choose runs that share some."
    return Problem(422, "These runs cannot share axes", detail)


def _said(content: Comparable) -> str:
    """In words, what a run has curves of."""
    axes = [axis.title.partition(":")[0] for axis in in_order(content.axes, AXES)]
    measures = [measure.title for measure in in_order(content.measures, MEASURES)]
    if not axes:
        return "no curves that could be compared"
    return f"{' and '.join(measures)}, against {', '.join(axes)}"
