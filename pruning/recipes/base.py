"""What a recipe is: a published study as a configuration, with the figures that were published."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pruning.events import Cell, TableData
from pruning.experiments.base import Experiment, ExperimentConfig, config_hash, experiments
from pruning.references import reference
from pruning.registry import Registry


class Published(BaseModel):
    """Published figures, as rows of one of the experiment's tables.

    Attributes
    ----------
    table
        The table's name.
    source
        Where the figures stand.
    by
        What gives them: the paper, or a reproduction of it.
    what
        What they are, in a word or two.
    beside
        What the recipe is about, where there are no figures for that.
    key
        The columns that say which row of the table a figure belongs to.
    rows
        The key columns, and the published values under the names that they have in the table.
    others
        What was published beside it of methods that are not in the run: ``method``, and values
        under the same names. They are drawn, and held against nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    source: str
    by: str = "paper"
    what: str
    beside: str = ""
    key: list[str]
    rows: list[dict[str, Cell]]
    others: list[dict[str, Cell]] = Field(default_factory=list)

    @property
    def origin(self) -> str:
        """What the figures are: the paper's own, or those of a reproduction of it."""
        return "Published" if self.by == "paper" else "Reproduced by others"

    @property
    def values(self) -> list[str]:
        """The columns that were published, the main one first."""
        return list(
            dict.fromkeys(name for row in self.rows for name in row if name not in self.key)
        )


class Picture(BaseModel):
    """What a run of the recipe looks like in small: curves, as columns of one of its tables.

    Attributes
    ----------
    x, y
        The columns along the axes; ``x`` may be spread by powers of ten, ``y`` is in percent or
        a plain number.
    curve
        The column that tells curves apart.
    where
        What other columns have to hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    table: str
    x: str
    y: str
    curve: str
    where: dict[str, Cell] = Field(default_factory=dict)
    x_title: str
    y_title: str
    percent: bool = True
    log: bool = False

    @property
    def columns(self) -> list[str]:
        """All columns that it looks at."""
        return [*self.where, self.curve, self.x, self.y]

    def part_of(self, table: TableData) -> TableData:
        """Of a table what is drawn, and nothing else."""
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        shown = [row for row in rows if all(row[name] == v for name, v in self.where.items())]
        cells = [[row[name] for name in self.columns] for row in shown]
        return TableData(columns=self.columns, rows=cells)


class Measured(BaseModel):
    """What a run of the recipe came to when it was measured, for those who have not run it.

    Attributes
    ----------
    command
        What was run.
    conditions
        On what.
    tables
        What the picture and the comparison with the published figures need of its result.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: str
    conditions: str
    seconds: float = Field(gt=0)
    tables: dict[str, TableData]


class Recipe(BaseModel):
    """A published study, ready to run.

    Attributes
    ----------
    papers
        What to cite, the study itself first, as keys of :mod:`pruning.references`.
    remark
        What else is to be known of the paper's part in it.
    expect
        What a reproduction has to show, a sentence each.
    effort
        Where nothing was measured: why not, and what it takes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    description: str
    papers: list[str] = Field(min_length=1)
    remark: str = ""
    experiment: str
    config: dict[str, Any]
    expect: list[str] = Field(min_length=1)
    published: Published | None = None
    picture: Picture | None = None
    effort: str = ""
    measured: Measured | None = None

    @property
    def paper(self) -> str:
        """Where the study was published, in words."""
        words = reference(self.papers[0]).words
        return f"{words} ({self.remark})" if self.remark else words

    @property
    def url(self) -> str:
        """Where it can be read."""
        return reference(self.papers[0]).url

    @property
    def study(self) -> Experiment:
        """The experiment that it configures."""
        return experiments[self.experiment]

    def checked_config(self) -> ExperimentConfig:
        """The configuration, whole: what the recipe leaves out takes its default."""
        return self.study.config.model_validate(self.config)


recipes: Registry[Recipe] = Registry("recipe", "pruning.recipes")


def read_recipe(file: Path) -> Recipe:
    """Read the recipe whose name is that of the TOML file, and what was measured of it."""
    measured = file.parent / "measured" / f"{file.stem}.json"
    found = Measured.model_validate_json(measured.read_bytes()) if measured.exists() else None
    return Recipe(name=file.stem, measured=found, **tomllib.loads(file.read_text()))


def recipe_of(study: Experiment, config: ExperimentConfig) -> Recipe | None:
    """The recipe that has this configuration, whoever typed it in; None if there is none."""
    wanted = config_hash(study.name, config)
    for recipe in recipes:
        same_kind = recipe.experiment == study.name
        if same_kind and config_hash(study.name, recipe.checked_config()) == wanted:
            return recipe
    return None
