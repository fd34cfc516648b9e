"""A comparison as a sheet: one stage on which several runs speak."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from string import ascii_letters
from typing import TypeVar

from backend.dashboards import By
from backend.endings import light_of
from backend.problems import Problem
from backend.runs import Run
from backend.services import Services
from frontend.comparing import Comparison, comparison_of
from frontend.comparing.merging import merged
from frontend.comparing.runs import Compared, check_number
from frontend.sheets.base import ComparisonSource, Item, Sheet, Stage, Voice
from pruning.events import Result

STAGE = "comparison"
BEGINNING = "0"
# As many masks of a run as stand beside its criteria on its own page, the newest.
_MOST_MASKS = 6

Names = tuple[str, ...]
Value = TypeVar("Value")


def comparison_sheet(services: Services, source: ComparisonSource, *, whole: bool) -> Sheet:
    """The sheet of a comparison; unless it is ``whole``, its results have no frames yet.

    Raises
    ------
    Problem
        404 for a run that does not exist (any more), 422 for runs that cannot be compared.
    """
    runs = [services.runs.get(run_id) for run_id in dict.fromkeys(source.runs)]
    return sheet_of_runs(services, runs, source.by, whole=whole)[0]


def still_there(services: Services, run_ids: Sequence[str]) -> dict[str, Run]:
    """Of these runs those that exist, by their ids."""
    found = {}
    for run_id in run_ids:
        try:
            found[run_id] = services.runs.get(run_id)
        except Problem as problem:
            if problem.status != 404:
                raise
    return found


def sheet_of_runs(
    services: Services,
    runs: Sequence[Run],
    by: By | None,
    *,
    whole: bool,
    among: Sequence[str] = (),
) -> tuple[Sheet, Comparison]:
    """The same of runs that are known already, with what else there is to say of it.

    Where they are what is left of the runs ``among``, each keeps the prefix that it has had there.
    """
    check_number(runs)
    places = [list(among).index(run.id) for run in runs] if among else range(len(runs))
    prefixes = [f"{ascii_letters[place]}/" for place in places]
    masks = {run.id: services.hand_masks.of(run.id)[-_MOST_MASKS:] for run in runs}
    comparison = comparison_of(runs, prefixes, by, masks)
    drawn = [comparison.frames.get(prefix, ()) for prefix in prefixes]
    read = partial(_whole if whole else _light, services)
    said = [read(each, frames) for each, frames in zip(comparison.runs, drawn, strict=True)]
    voices = [
        Voice(each.run, last_event_id, each.prefix, frames)
        for each, (_, last_event_id), frames in zip(comparison.runs, said, drawn, strict=True)
    ]
    result = merged(zip(prefixes, (result for result, _ in said), strict=True))
    view, title = comparison.view, f"{len(voices)} runs compared"
    stage = Stage(STAGE, title, view, result, voices)
    items = [Item(STAGE, part) for part in view.parts]
    return Sheet(title, {STAGE: stage}, items, view.summary), comparison


def _whole(services: Services, each: Compared, frames: Names) -> tuple[Result, str]:
    """All that a run has said, but of its frames only those that are drawn."""
    result, last_event_id = services.runs.result(each.run.id)
    told = each.told(result)
    return told.model_copy(update={"frames": _only(told.frames, frames)}), last_event_id


def _light(services: Services, each: Compared, _: Names) -> tuple[Result, str]:
    """What is drawn of a run at first: no frames yet, but for those of masks.

    It is nothing while Redis is gone, whose return the page waits for.
    """
    try:
        result, last_event_id = _told(services, each)
    except Problem as problem:
        if problem.status != 503:
            raise
        return Result(), BEGINNING
    content = each.content
    drawn = {
        "series": _only(result.series, content.series),
        "tables": _only(result.tables, content.tables),
        "frames": result.frames,
    }
    return result.model_copy(update=drawn), last_event_id


def _told(services: Services, each: Compared) -> tuple[Result, str]:
    """What a run has said, without frames, and what its masks come to."""
    if not each.masks:
        return services.runs.light_result(each.run.id)
    whole, last_event_id = services.runs.result(each.run.id)
    told = each.told(whole)
    own = {name: told.frames[name] for name in told.frames.keys() - whole.frames.keys()}
    return light_of(told).model_copy(update={"frames": own}), last_event_id


def _only(named: Mapping[str, Value], names: Collection[str]) -> dict[str, Value]:
    return {name: value for name, value in named.items() if name in names}
