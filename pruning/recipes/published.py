"""Published beside reproduced: a table that fills itself while a recipe runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pruning.events import Cell, Event, Table, TableData
from pruning.experiments.base import Experiment, ExperimentConfig
from pruning.recipes.base import Published, Recipe, recipe_of

TABLE = "published"
DIFFERENCE = "difference"


def beside_published(
    study: Experiment, config: ExperimentConfig, events: Iterable[Event]
) -> Iterator[Event]:
    """Pass events on; behind rows that a recipe has published figures for, put the comparison."""
    recipe = recipe_of(study, config)
    published = recipe.published if recipe else None
    for event in events:
        yield event
        if published and isinstance(event, Table) and event.name == published.table:
            yield from _comparison(published, event)


def shown(recipe: Recipe, tables: Mapping[str, TableData]) -> dict[str, TableData]:
    """Of a result's tables what the recipe's card needs: the comparison, and what is drawn."""
    found = {TABLE: tables[TABLE]} if TABLE in tables else {}
    picture = recipe.picture
    if picture and picture.table in tables:
        found[picture.table] = picture.part_of(tables[picture.table])
    return found


def columns(published: Published) -> list[str]:
    """The comparison's columns: the key, each value published and reproduced, the difference."""
    pairs = [name for value in published.values for name in (f"published_{value}", value)]
    return [*published.key, *pairs, DIFFERENCE]


def _comparison(published: Published, table: Table) -> Iterator[Table]:
    figures = {_key(row, published): row for row in published.rows}
    reproduced = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    rows = [
        _row(figures[_key(row, published)], row, published)
        for row in reproduced
        if _key(row, published) in figures
    ]
    if rows:
        yield Table(name=TABLE, columns=columns(published), key=published.key, rows=rows)


def _key(row: dict[str, Cell], published: Published) -> tuple[Cell, ...]:
    return tuple(row[name] for name in published.key)


def _row(figure: dict[str, Cell], row: dict[str, Cell], published: Published) -> list[Cell]:
    pairs = [value for name in published.values for value in (figure.get(name), row[name])]
    main = published.values[0]
    return [*_key(row, published), *pairs, _difference(row[main], figure.get(main))]


def _difference(reproduced: Any, published: Any) -> float | None:
    """How much more was reproduced than was published, where there is both."""
    if reproduced is None or published is None:
        return None
    # What the subtraction of two floats adds behind that is noise.
    return float(round(reproduced - published, 9))
