"""How the kinds of masks are told apart."""

from __future__ import annotations

from frontend.figures.colours import variant_colour
from frontend.figures.panels import Toggle
from frontend.views.base import Look
from pruning.experiments.input_selection.config import KINDS, InputSelectionConfig
from pruning.experiments.input_selection.outputs import kind_variants
from pruning.experiments.outputs import Variant


def variants(config: InputSelectionConfig) -> tuple[Variant, ...]:
    """Those that are compared in a run."""
    return kind_variants(config.kinds)


def toggles(config: InputSelectionConfig) -> list[Toggle]:
    """What shows and hides each."""
    return [Toggle(each.name, each.title, variant_colour(each)) for each in variants(config)]


def titles() -> dict[str, dict[str, str]]:
    """What cells of the tables are called that name a kind."""
    return {"kind": {name: title for name, title in KINDS.items()}}


def colours(config: InputSelectionConfig) -> dict[str, dict[str, str]]:
    """The colours of these cells."""
    return {"kind": {each.name: variant_colour(each) for each in variants(config)}}


def looks(config: InputSelectionConfig, _: str) -> list[Look]:
    """How the curves of each look."""
    return [Look(each.name, each.title, variant_colour(each)) for each in variants(config)]
