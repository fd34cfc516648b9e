"""Stages as the browser takes them: what ``assets/results/stages.js`` is given."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import orjson

from backend.hand_mask_model import HandMask
from frontend.figures.colours import hand_mask_colour
from frontend.figures.panels import SIZES, Figure
from frontend.figures.texts import with_texts_escaped
from frontend.figures.view import Highest, Scrubber, View
from frontend.sheets.base import Sheet, Stage, Voice
from pruning.events import TERMINAL, Result

_CONFIG: Any = {"displayModeBar": False, "responsive": True, "doubleClick": "reset"}
# More places than these lie too close together for a mark each.
_MOST_MARKS = 450
# More marks than these would run into each other on a phone.
_LABELLED_MARKS = 5
_EVEN_MARKS = 8
_SHORT = 3


def sheet_page(sheet: Sheet, *, light: bool = False) -> dict[str, Any]:
    """Everything that the browser needs to draw a sheet and to follow its runs; :func:`to_json`.

    Of a ``light`` sheet the results have no frames yet: the browser asks for them.
    """
    return {
        "title": f"{sheet.title} · PruneLab",
        "now": datetime.now(UTC).isoformat(),
        "stages": {name: stage_page(stage, light=light) for name, stage in sheet.stages.items()},
    }


def to_json(page: dict[str, Any]) -> str:
    """The text that the browser parses: Dash, left to itself, takes a large result apart first."""
    return orjson.dumps(page).decode()


def stage_page(stage: Stage, *, light: bool = False, frozen: bool = False) -> dict[str, Any]:
    """One stage: its result, its figures, the places of its slider, what is chosen, kept masks.

    A ``frozen`` one stays as it is, whatever its runs go on to say.
    """
    return {
        "voices": [_voice(voice, light, frozen) for voice in stage.voices],
        "result": orjson.Fragment(stage.result.model_dump_json()),
        "figures": figures(stage.view),
        "choices": choices_of(stage),
        "options": {each.name: each.options for each in stage.view.choosers},
        "subject": stage.view.subject,
        "network": asdict(stage.view.network) if stage.view.network else None,
        "hand_masks": [_kept_mask(mask) for mask in stage.hand_masks],
        **_slider(stage),
    }


def _kept_mask(mask: HandMask) -> dict[str, Any]:
    """A mask with the colour that it has everywhere."""
    return {**mask.model_dump(mode="json"), "colour": hand_mask_colour(mask.id)}


def figures(view: View) -> dict[str, Figure]:
    """The figures by the name that ``data-figure`` gives, for the browser to fill and draw.

    Beside each is what it is named with, and how large it is, where it leaves the page.
    """
    return {
        section.figure_name(panel): {
            **with_texts_escaped(panel.figure),
            "config": _CONFIG,
            "readings": [asdict(reading) for reading in panel.readings],
            "size": SIZES[section.shape],
        }
        for section in view.sections
        for panel in section.panels
    }


def choices_of(stage: Stage) -> dict[str, str]:
    """What is chosen at the beginning, as far as the result says what there is to choose."""
    choices = stage.view.choices
    for chooser in stage.view.choosers:
        if chooser.source:
            table, column = chooser.source
            found = stage.result.tables.get(table)
            if found and found.rows:
                choices[chooser.name] = str(found.rows[0][found.columns.index(column)])
    return choices


def _voice(voice: Voice, light: bool, frozen: bool) -> dict[str, Any]:
    return {
        "run": voice.run.model_dump(mode="json"),
        "prefix": voice.prefix,
        "after": voice.last_event_id,
        "frames": voice.frames,
        "is_light": light,
        "is_frozen": frozen,
    }


def _slider(stage: Stage) -> dict[str, Any]:
    slider = stage.view.scrubber
    if slider is None:
        return {"places": [0.0], "positions": [0.0], "labels": [""], "marks": [], "start": 0.0}
    fine = slider.finer if slider.finer and _is_live(stage) else slider
    return {
        # Sliders of the same name with the same places move together.
        "slider": f"{fine.title} {fine.places}",
        "places": fine.places,
        "positions": fine.positions,
        "labels": fine.labels,
        "marks": _marks(slider, fine),
        "start": fine.positions[fine.places.index(start_of(slider, stage.result))],
        # What the result itself has something of, where that is not all.
        "stops": slider.places if fine is not slider else None,
    }


def _is_live(stage: Stage) -> bool:
    """Whether the page evaluates the network itself, or will once the run has told it."""
    if stage.view.network is None:
        return False
    told = all(name in stage.result.frames for name in stage.view.network.frames)
    return told or any(voice.run.status not in TERMINAL for voice in stage.voices)


def start_of(slider: Scrubber, result: Result) -> float:
    """The first place that is as high as what the run has come to, if it has."""
    reached = _highest(slider.reached, result) if slider.reached else None
    if reached is None:
        return slider.start
    return next((place for place in slider.places if place >= reached), slider.places[-1])


def _highest(asked: Highest, result: Result) -> float | None:
    table = result.tables.get(asked.table)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows] if table else []
    wanted = (row for row in rows if asked.where.items() <= row.items())
    found = [row[asked.column] for row in wanted]
    return max((float(each) for each in found if each is not None), default=None)


def _marks(slider: Scrubber, fine: Scrubber) -> list[tuple[float, str]]:
    """A mark for each place, unless there are many; the first, the last and a few have labels.

    Of the finer places only those have one that are before the others.
    """
    before = [
        (position, mark)
        for position, place, mark in zip(fine.positions, fine.places, fine.marks, strict=True)
        if place < slider.places[0] and fine.spread
    ]
    return [*before, *_own_marks(slider)]


def _own_marks(slider: Scrubber) -> list[tuple[float, str]]:
    places = list(zip(slider.positions, slider.marks, strict=True))
    are_short = slider.even and max(len(mark) for mark in slider.marks) <= _SHORT
    labelled = _spread(slider.positions, _EVEN_MARKS if are_short else _LABELLED_MARKS)
    marks = [(position, mark if position in labelled else "") for position, mark in places]
    return marks if len(marks) <= _MOST_MARKS else [each for each in marks if each[0] in labelled]


def _spread(positions: list[float], most: int) -> set[float]:
    """About ``most`` of the positions, as far from each other as can be."""
    low, high = positions[0], positions[-1]
    wanted = [low + (high - low) * i / (most - 1) for i in range(most)]
    return {min(positions, key=lambda position: abs(position - want)) for want in wanted}
