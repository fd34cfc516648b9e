"""How the arms of a sweep are told apart: a colour per criterion, a line per granularity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontend.figures.colours import UNPRUNED, faded, variant_colour, variant_symbol
from frontend.figures.panels import Toggle
from frontend.figures.tables import TableView, table_view
from frontend.views.base import Look
from pruning.experiments.facts import criterion_variants
from pruning.experiments.outputs import TableOutput, Variant
from pruning.experiments.sweep.config import (
    CONTROLS,
    REINITIALISED,
    SweepConfig,
    split_control,
)
from pruning.experiments.sweep.granularities import TITLES, WORDS, Granularity

_DASHES = {"unit": "solid", "weight": "6px,3px", "semi_structured": "12px,3px"}
_LINES = {"unit": "line", "weight": "dashed", "semi_structured": "dotted"}
_SYMBOLS = {"unit": "", "weight": "-open", "semi_structured": "-open-dot"}


@dataclass(frozen=True)
class Arm:
    """One curve: a criterion, or the control of one, at a granularity."""

    name: str
    granularity: Granularity

    @property
    def key(self) -> str:
        """What series and frames are called after."""
        return f"{self.name}/{self.granularity}"

    @property
    def criterion(self) -> Variant:
        """The criterion; of a control, the one that it controls."""
        (variant,) = criterion_variants([split_control(self.name)[0]])
        return variant

    @property
    def is_control(self) -> bool:
        """Whether it shows what something of an arm is worth, by leaving it out."""
        return bool(self.control)

    @property
    def control(self) -> str:
        """What a control does differently, in words; empty for what is none."""
        return CONTROLS.get(split_control(self.name)[1], "")

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{self.scored}, {WORDS[self.granularity]}"

    @property
    def scored(self) -> str:
        """What its criterion, or the control of one, is called."""
        title = self.criterion.title
        return f"{title}, {self.control}" if self.is_control else title

    @property
    def colour(self) -> str:
        """Its criterion's; a control's is faint."""
        colour = variant_colour(self.criterion)
        return faded(colour, 0.5) if self.is_control else colour

    @property
    def dash(self) -> str:
        """The kind of its line."""
        if self.is_control:
            return "8px,3px,2px,3px" if self.name.endswith(REINITIALISED) else "2px,3px"
        return _DASHES[self.granularity]

    @property
    def symbol(self) -> str:
        """The marker of its curve: hollow for single weights, with a dot for N:M."""
        return f"{variant_symbol(self.criterion)}{_SYMBOLS[self.granularity]}"

    @property
    def pressed(self) -> dict[str, Any]:
        """What a point of its curve is of, and by which label it knows the slider's place."""
        of = {"criterion": self.name, "granularity": self.granularity}
        return {"of": of, "place": "sparsity"}

    @property
    def groups(self) -> str:
        """The toggles that it follows."""
        groups = [self.criterion.name, f"granularity-{self.granularity}"]
        return " ".join([*groups, self.control] if self.is_control else groups)


def arms(config: SweepConfig) -> list[Arm]:
    """All arms of a sweep."""
    return [Arm(name, granularity) for name, granularity in config.arms]


def toggles(config: SweepConfig) -> list[Toggle]:
    """What shows and hides arms: by criterion, by granularity, and the controls."""
    kinds = list(dict.fromkeys(arm.granularity for arm in arms(config)))
    variants = criterion_variants(config.criteria)
    found = [Toggle(each.name, each.title, variant_colour(each)) for each in variants]
    if len(kinds) > 1:
        found += [
            Toggle(f"granularity-{kind}", TITLES[kind], "currentColor", _LINES[kind])
            for kind in kinds
        ]
    controls = dict.fromkeys(arm.control for arm in arms(config) if arm.is_control)
    found += [Toggle(name, name.capitalize(), "currentColor", "dotted") for name in controls]
    return [*found, Toggle("dense", "Dense", UNPRUNED, "dashed")]


def arm_table(
    table: TableOutput, names: Sequence[str], config: SweepConfig, **options: Any
) -> TableView:
    """A table whose first columns say which arm a row is of."""
    every = arms(config)
    return table_view(
        table,
        names,
        titles={
            "criterion": {arm.name: arm.scored for arm in every},
            "granularity": TITLES,
        },
        colours={"criterion": {arm.name: arm.colour for arm in every}},
        **options,
    )


def looks(config: SweepConfig, column: str) -> list[Look]:
    """How criteria look, or granularities under the first of them."""
    if column != "granularity":
        variants = criterion_variants(config.criteria)
        return [Look(each.name, each.title, variant_colour(each)) for each in variants]
    under = [Arm(config.criteria[0], granularity) for granularity in config.granularities]
    return [
        Look(
            arm.granularity,
            TITLES[arm.granularity],
            arm.colour,
            "none" if arm.dash == "solid" else arm.dash,
        )
        for arm in under
    ]
