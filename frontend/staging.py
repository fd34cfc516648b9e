"""Stages as the browser takes them: what ``assets/results/stages.js`` is given."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from frontend.components import figures
from frontend.components.controls import marks
from frontend.sheets import Sheet, Stage, Voice
from frontend.views.base import Scrubber


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
    """One stage: its result, its figures, the places of its slider, what is chosen.

    A ``frozen`` one stays as it is, whatever its runs go on to say.
    """
    return {
        "voices": [_voice(voice, light, frozen) for voice in stage.voices],
        "result": orjson.Fragment(stage.result.model_dump_json()),
        "figures": figures.figures(stage.view),
        "choices": stage.view.choices,
        **_slider(stage.view.scrubber),
    }


def _voice(voice: Voice, light: bool, frozen: bool) -> dict[str, Any]:
    return {
        "run": voice.run.model_dump(mode="json"),
        "prefix": voice.prefix,
        "after": voice.last_event_id,
        "frames": voice.frames,
        "is_light": light,
        "is_frozen": frozen,
    }


def _slider(slider: Scrubber | None) -> dict[str, Any]:
    if slider is None:
        return {"places": [0.0], "positions": [0.0], "labels": [""], "marks": [], "start": 0.0}
    return {
        # Sliders of the same name with the same places move together.
        "slider": f"{slider.title} {slider.places}",
        "places": slider.places,
        "positions": slider.positions,
        "labels": slider.labels,
        "marks": marks(slider),
        "start": slider.positions[slider.places.index(slider.start)],
    }
