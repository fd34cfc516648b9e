"""How the arms of a sweep are told apart: a colour per criterion, a line per granularity."""

from __future__ import annotations

from dataclasses import dataclass

from frontend.figures.colours import UNPRUNED, criterion_colour, criterion_symbol, faded
from frontend.figures.view import Column, Toggle
from pruning.criteria.base import criteria
from pruning.experiments.sweep.config import SHUFFLED, Granularity, SweepConfig

GRANULARITIES = {"unit": "Units", "weight": "Weights"}
_DASHES = {"unit": "solid", "weight": "6px,3px"}
_LINES = {"unit": "line", "weight": "dashed"}


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
    def criterion(self) -> str:
        """The criterion; of a control, the one that it controls."""
        return self.name.removesuffix(SHUFFLED)

    @property
    def is_control(self) -> bool:
        """Whether it removes at random inside each layer."""
        return self.name.endswith(SHUFFLED)

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{criterion_title(self.name)}, {GRANULARITIES[self.granularity].lower()}"

    @property
    def colour(self) -> str:
        """Its criterion's; a control's is faint."""
        colour = criterion_colour(self.criterion)
        return faded(colour, 0.5) if self.is_control else colour

    @property
    def dash(self) -> str:
        """The kind of its line."""
        return "2px,3px" if self.is_control else _DASHES[self.granularity]

    @property
    def symbol(self) -> str:
        """The marker of its curve: hollow for single weights."""
        symbol = criterion_symbol(self.criterion)
        return symbol if self.granularity == "unit" else f"{symbol}-open"

    @property
    def groups(self) -> str:
        """The toggles that it follows."""
        groups = [self.criterion, f"granularity-{self.granularity}"]
        return " ".join([*groups, "control"] if self.is_control else groups)


def arms(config: SweepConfig) -> list[Arm]:
    """All arms of a sweep."""
    return [Arm(name, granularity) for name, granularity in config.arms]


def toggles(config: SweepConfig) -> list[Toggle]:
    """What shows and hides arms: by criterion, by granularity, and the controls."""
    kinds = list(dict.fromkeys(arm.granularity for arm in arms(config)))
    found = [Toggle(n, criteria[n].title, criterion_colour(n)) for n in config.criteria]
    if len(kinds) > 1:
        found += [
            Toggle(f"granularity-{kind}", GRANULARITIES[kind], "currentColor", _LINES[kind])
            for kind in kinds
        ]
    if any(arm.is_control for arm in arms(config)):
        found.append(Toggle("control", "Layer-shuffled", "currentColor", "dotted"))
    return [*found, Toggle("dense", "Dense", UNPRUNED, "dashed")]


def criterion_title(name: str) -> str:
    """What a criterion, or the control of one, is called."""
    title = criteria[name.removesuffix(SHUFFLED)].title
    return f"{title}, layer-shuffled" if name.endswith(SHUFFLED) else title


def arm_columns(config: SweepConfig) -> list[Column]:
    """The columns of a table that say which arm a row is of."""
    names = list(dict.fromkeys(arm.name for arm in arms(config)))
    return [
        Column(
            "criterion",
            "Criterion",
            titles={name: criterion_title(name) for name in names},
            colours={arm.name: arm.colour for arm in arms(config)},
        ),
        Column("granularity", "Removed", titles=GRANULARITIES),
    ]
