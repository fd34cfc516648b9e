"""How the variants of a run of MINT are told apart."""

from __future__ import annotations

from frontend.figures.colours import apart_colour, variant_colour
from frontend.figures.panels import Toggle
from frontend.views.base import Look
from pruning.experiments.mint.config import MintConfig
from pruning.experiments.mint.fields import VARIANTS
from pruning.experiments.mint.outputs import compared


def toggles(config: MintConfig) -> list[Toggle]:
    """What shows and hides each."""
    return [
        Toggle(each.name, each.title, variant_colour(each)) for each in compared(config.variants)
    ]


def titles() -> dict[str, dict[str, str]]:
    """What cells of the tables are called that name a variant."""
    return {"variant": {name: title for name, title in VARIANTS.items()}}


def colours(config: MintConfig) -> dict[str, dict[str, str]]:
    """The colours of these cells."""
    return {"variant": {each.name: variant_colour(each) for each in compared(config.variants)}}


def looks(config: MintConfig, column: str) -> list[Look]:
    """How the curves of each look, or those of each number of groups or samples."""
    numbers = {"groups": config.groups, "samples_per_class": config.samples_per_class}
    if column in numbers:
        return [
            Look(str(number), f"{number:,}", apart_colour(place))
            for place, number in enumerate(numbers[column])
        ]
    return [Look(each.name, each.title, variant_colour(each)) for each in compared(config.variants)]
