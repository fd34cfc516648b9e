"""What a recipe is: a published study as a configuration, with the figures that were published."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pruning.events import Cell
from pruning.experiments.base import Experiment, ExperimentConfig, config_hash, experiments
from pruning.registry import Registry


class Published(BaseModel):
    """Published figures, as rows of one of the experiment's tables.

    Attributes
    ----------
    table
        The table's name.
    source
        Where in the paper the figures stand.
    key
        The columns that say which row of the table a figure belongs to.
    rows
        The key columns, and the published values under the names that they have in the table.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    source: str
    key: list[str]
    rows: list[dict[str, Cell]]

    @property
    def values(self) -> list[str]:
        """The columns that were published, the main one first."""
        return list(
            dict.fromkeys(name for row in self.rows for name in row if name not in self.key)
        )


class Recipe(BaseModel):
    """A published study, ready to run.

    Attributes
    ----------
    expect
        What a reproduction has to show, a sentence each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    description: str
    paper: str
    url: str
    experiment: str
    config: dict[str, Any]
    expect: list[str] = Field(min_length=1)
    published: Published | None = None

    @property
    def study(self) -> Experiment:
        """The experiment that it configures."""
        return experiments[self.experiment]

    def checked_config(self) -> ExperimentConfig:
        """The configuration, whole: what the recipe leaves out takes its default."""
        return self.study.config.model_validate(self.config)


recipes: Registry[Recipe] = Registry("recipe", "pruning.recipes")


def read_recipe(file: Path) -> Recipe:
    """Read the recipe whose name is that of the TOML file."""
    return Recipe(name=file.stem, **tomllib.loads(file.read_text()))


def recipe_of(study: Experiment, config: ExperimentConfig) -> Recipe | None:
    """The recipe that has this configuration, whoever typed it in; None if there is none."""
    wanted = config_hash(study.name, config)
    for recipe in recipes:
        same_kind = recipe.experiment == study.name
        if same_kind and config_hash(study.name, recipe.checked_config()) == wanted:
            return recipe
    return None
