"""The settings of a toy run."""

from __future__ import annotations

from math import sqrt
from typing import Annotated

from pydantic import Field

from pruning.criteria.base import ToyCriterionName
from pruning.data.base import DatasetName
from pruning.experiments.brought_points import (
    removed_dataset,
    too_many_references,
    useless_noise,
)
from pruning.experiments.criterion_settings import CriterionSettingsField, HasCriterionSettings
from pruning.experiments.fields import (
    Ascending,
    AsList,
    AsNumbers,
    Distinct,
    OrNone,
    Seed,
    Share,
    Width,
    refused,
)
from pruning.masks.counts import units_removed
from pruning.numbers import parse_numbers
from pruning.toy.in_page import fits_in_page
from pruning.toy.settings import MOMENTS

# Of all boundaries of a run: what a browser and the store carry with ease.
_MOST_POINTS = 30_000_000


class ToyConfig(HasCriterionSettings):
    """The settings of one toy run."""

    dataset: DatasetName = Field(
        "circle",
        title="Dataset",
        description="Which points the network learns to tell apart.",
        json_schema_extra={"group": "Data", "x-bring": "points"},
    )
    noise: Annotated[float | None, OrNone] = Field(
        None,
        ge=0,
        le=1,
        title="Noise",
        description="How far points stray, as a standard deviation in the dataset's own units "
        "(length, or radians for spiral arms). Empty: as the dataset was published. Fixed "
        "points of your own stay where they are.",
        json_schema_extra={"group": "Data"},
    )
    criteria: Annotated[list[ToyCriterionName], AsList, Distinct] = Field(
        ["weight", "grad", "taylor", "lrp"],
        min_length=1,
        title="Criteria",
        description="What scores the hidden units; each criterion gets a panel of its own.",
        json_schema_extra={"group": "Pruning"},
    )
    criterion_settings: CriterionSettingsField = Field({})
    reference_samples: int = Field(
        10,
        ge=1,
        le=1000,
        title="Reference samples",
        description="How many points per class the criteria look at.",
        json_schema_extra={"group": "Pruning"},
    )
    reference_seed: Seed = Field(
        0,
        title="Reference seed",
        description="Seed of the reference samples; the test points come from the next seed, those "
        "of fixed points from what is left.",
        json_schema_extra={"group": "Pruning"},
    )
    sparsities: Annotated[list[Share], AsNumbers, Ascending] = Field(
        sorted(parse_numbers("0:0.95:0.05, 1/3")),
        min_length=1,
        max_length=200,
        title="Sparsities",
        description="The shares of hidden units to remove, from 0 to 0.99: numbers, fractions "
        "and ranges start:stop:step, with commas between them. Each is the nearest that the "
        "number of units allows.",
        json_schema_extra={"group": "Pruning", "x-format": "numbers"},
    )
    hidden: Annotated[list[Width], AsNumbers] = Field(
        [100, 100, 100],
        min_length=1,
        max_length=5,
        title="Hidden layers",
        description="How many units each hidden layer has, from the input on; "
        "published: 1000, 1000, 1000.",
        json_schema_extra={"group": "Network", "x-format": "numbers"},
    )
    train_seed: Seed = Field(
        0,
        title="Training seed",
        description="Seed of the training points, the initial weights and the training.",
        json_schema_extra={"group": "Network"},
    )
    grid: int = Field(
        100,
        ge=20,
        le=200,
        title="Grid",
        description="How many points the boundary is drawn from along each side.",
        json_schema_extra={"group": "Drawing"},
    )

    @property
    def units(self) -> int:
        """How many hidden units there are."""
        return sum(self.hidden)

    @property
    def removals(self) -> list[int]:
        """How many units are removed at each sparsity, ascending, each number once."""
        return sorted({units_removed(sparsity, self.units) for sparsity in self.sparsities})

    @property
    def start(self) -> int:
        """How many units are gone where one looks first: a third, or else in the middle."""
        third = units_removed(1 / 3, self.units)
        return third if third in self.removals else self.removals[len(self.removals) // 2]

    @property
    def shares(self) -> list[float]:
        """The sparsities that are achieved: what the asked ones come to with so many units."""
        return [removed / self.units for removed in self.removals]

    @property
    def learning(self) -> list[int]:
        """The steps at which the network can be watched while it learns, where it can be."""
        return list(MOMENTS) if self.in_page else []

    @property
    def in_page(self) -> bool:
        """Whether the page can evaluate the network itself, under any mask."""
        return fits_in_page(self.hidden, self.grid)

    def _too_much_to_draw(self) -> str:
        """Why all boundaries together are more than pages and the store carry; nothing if not."""
        points = len(self.criteria) * len(self.sparsities) * self.grid**2
        if points <= _MOST_POINTS:
            return ""
        fits = int(sqrt(_MOST_POINTS / len(self.criteria) / len(self.sparsities)))
        return (
            f"{len(self.criteria)} criteria at {len(self.sparsities)} sparsities on a grid of "
            f"{self.grid} are {points / 1e6:.0f} million points to draw, of which a run may have "
            f"{_MOST_POINTS / 1e6:.0f}: take a grid of {fits}, or fewer criteria or sparsities"
        )

    def check_files(self) -> None:
        """The points, if somebody has brought them, and that the run does not become too large."""
        super().check_files()
        found = {
            "dataset": removed_dataset([self.dataset]),
            "noise": useless_noise(self.dataset, self.noise),
            "reference_samples": too_many_references([self.dataset], self.reference_samples),
            "grid": self._too_much_to_draw(),
        }
        if messages := {name: message for name, message in found.items() if message}:
            raise refused(messages)
