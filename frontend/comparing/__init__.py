"""Runs over each other: their results as one, and a view that draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.dashboards import By
from backend.runs import Run
from frontend.comparing import boundaries, pictures
from frontend.comparing.chart import chart, word_for
from frontend.comparing.fields import Settings
from frontend.comparing.runs import Compared, Line, Masks, check_number, named, shared
from frontend.comparing.slider import scrubber
from frontend.comparing.styles import default_by
from frontend.figures.view import Part, View
from pruning.experiments.outputs import Quantity


@dataclass(frozen=True)
class Comparison:
    """What is drawn of several runs, which is known before any of them has said anything.

    Attributes
    ----------
    by
        What colours stand for.
    kind
        What the variants are, in a word.
    runs
        The runs with their names, in the order in which they came.
    frames
        The names of the frames that are drawn of each run, by its prefix.
    """

    view: View
    by: By
    kind: str
    runs: list[Compared]
    frames: dict[str, tuple[str, ...]] = field(default_factory=dict)


def comparison_of(
    runs: Sequence[Run],
    prefixes: Sequence[str],
    by: By | None = None,
    masks: Masks | None = None,
) -> Comparison:
    """A view of all runs in the same axes.

    Parameters
    ----------
    prefixes
        What the names of each run begin with in the result that is drawn.
    by
        What colours stand for; chosen by what there are several of if it is left out.
    masks
        Those that are kept with the runs and compared, too.

    Raises
    ------
    Problem
        422 if there is nothing to compare, or no axes that mean the same for all.
    """
    check_number(runs)
    settings = Settings(runs)
    compared = named(runs, prefixes, settings, masks)
    axes, measures = shared(compared)
    lines = [Line(each, curve) for each in compared for curve in each.content.curves]
    along, by, names = _along(compared), by or default_by(lines), [each.name for each in compared]
    kind = word_for("variant", lines)
    parts: list[Part] = [settings.table(names), chart(lines, axes, measures, by, along)]
    if along:
        moved = [each.content for each in compared if along in each.content.moved_along]
        parts.append(scrubber(along, moved))
    drawn = [boundaries.drawn(compared), pictures.drawn(compared, along)]
    parts += [section for each in drawn for section in each.sections]
    frames = {
        each.prefix: tuple(f for d in drawn for f in d.frames[each.prefix]) for each in compared
    }
    datasets = {curve.dataset for each in compared for curve in each.content.curves}
    subject = datasets.pop() if len(datasets) == 1 else ""
    view = View(" · ".join(names), parts=parts, subject=subject)
    return Comparison(view, by, kind, compared, frames)


def _along(compared: Sequence[Compared]) -> Quantity | None:
    """What a slider moves: that along which the first lies that can be moved."""
    return next((along for each in compared for along in each.content.moved_along), None)
