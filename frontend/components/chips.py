"""Several of many names to choose: a chip for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from frontend.components.explained import first_sentence, question
from frontend.figures.colours import variant_colour
from pruning.criteria.base import criteria
from pruning.experiments.outputs import Variant
from pruning.glossary.entries import of_choice

# More chips than these are small.
_ROOMY = 8
_GRANULARITIES = {"weight": "weights", "unit": "units"}


def chips(choices: Sequence[Mapping[str, Any]], field: str = "") -> list[Any]:
    """A chip for each choice of a field, and a question mark where the glossary has it.

    Those that score the same things stand together, with a heading.
    """
    are_criteria = {choice["name"] for choice in choices} <= set(criteria.names())
    size = "sm" if len(choices) <= _ROOMY else "xs"
    by_ability: dict[str, list[Any]] = {}
    for choice in choices:
        colour = _colour(choice) if are_criteria else None
        by_ability.setdefault(_able(choice), []).append(_explained(choice, field, size, colour))
    if len(by_ability) == 1:
        return next(iter(by_ability.values()))
    return [
        part
        for ability in sorted(by_ability, key=len, reverse=True)
        for part in (html.Div(ability, className="chips-heading"), *by_ability[ability])
    ]


def _colour(choice: Mapping[str, Any]) -> str:
    return variant_colour(Variant("criterion", choice["name"], choice["title"]))


def _able(choice: Mapping[str, Any]) -> str:
    """In words, what a criterion can score; of other choices nothing."""
    able = [_GRANULARITIES[name] for name in choice.get("granularities", [])]
    words = f"{able[0]} only" if len(able) == 1 else " and ".join(able)
    return words.capitalize()


def _explained(choice: Mapping[str, Any], field: str, size: str, colour: str | None) -> Any:
    entry = of_choice(field, choice["name"])
    words = choice["description"] or first_sentence(entry)
    chip = _chip({**choice, "description": words}, size, colour)
    return html.Span([chip, question(entry)], className="explained") if entry else chip


def _chip(choice: Mapping[str, Any], size: str, colour: str | None) -> dmc.Tooltip:
    swatch = [html.Span(className="swatch", style={"--swatch": colour})] if colour else []
    return dmc.Tooltip(
        dmc.Chip(
            [*swatch, choice["title"]],
            value=choice["name"],
            size=size,
            variant="outline",
            wrapperProps={"data-chip": choice["name"]},
        ),
        label=choice["description"],
        disabled=not choice["description"],
        multiline=True,
        w=240,
        events={"hover": True, "focus": True, "touch": False},
        boxWrapperProps={"className": "chip"},
    )
