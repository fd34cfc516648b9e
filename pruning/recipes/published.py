"""Published beside reproduced: a table that fills itself while a recipe runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pruning.events import Cell, Event, Table, TableData
from pruning.experiments.base import Experiment, ExperimentConfig
from pruning.experiments.outputs import Column, TableOutput
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
            yield from _comparison(published_table(study, published), published, event)


def shown(recipe: Recipe, tables: Mapping[str, TableData]) -> dict[str, TableData]:
    """Of a result's tables what the recipe's card needs: the comparison, and what is drawn."""
    found = {TABLE: tables[TABLE]} if TABLE in tables else {}
    picture = recipe.picture
    if picture and picture.table in tables:
        found[picture.table] = picture.part_of(tables[picture.table])
    return found


def published_table(study: Experiment, published: Published) -> TableOutput:
    """The comparison: the key, each value published and reproduced, and the main difference."""
    source = study.outputs.table(published.table)
    main, *others = published.values
    return TableOutput(
        TABLE,
        f"{published.origin} beside reproduced here",
        (
            *(source.column(name) for name in published.key),
            *_pair(source.column(main), published.origin, "Here"),
            *(column for name in others for column in _beside(source.column(name), published)),
            Column(DIFFERENCE, "Difference", "points" if _is_share(source, main) else "number"),
        ),
        key=tuple(published.key),
        description=f"{published.source[0].upper()}{published.source[1:]}.",
    )


def _beside(column: Column, published: Published) -> tuple[Column, Column]:
    title = f"{column.title[0].lower()}{column.title[1:]}"
    return _pair(column, f"{published.origin}, {title}", f"{column.title} here")


def _pair(column: Column, published: str, here: str) -> tuple[Column, Column]:
    name, form = column.name, column.format
    return Column(f"published_{name}", published, form), Column(name, here, form)


def _is_share(table: TableOutput, name: str) -> bool:
    return table.column(name).format == "percent"


def _comparison(table: TableOutput, published: Published, event: Table) -> Iterator[Table]:
    figures = {_key(row, published): row for row in published.rows}
    reproduced = [dict(zip(event.columns, row, strict=True)) for row in event.rows]
    rows = [
        _row(figures[_key(row, published)], row, published)
        for row in reproduced
        if _key(row, published) in figures
    ]
    if rows:
        yield table.rows(rows)


def _key(row: dict[str, Cell], published: Published) -> tuple[Cell, ...]:
    return tuple(row[name] for name in published.key)


def _row(figure: dict[str, Cell], row: dict[str, Cell], published: Published) -> dict[str, Cell]:
    main = published.values[0]
    return {
        **{name: row[name] for name in (*published.key, *published.values)},
        **{f"published_{name}": figure.get(name) for name in published.values},
        DIFFERENCE: _difference(row[main], figure.get(main)),
    }


def _difference(reproduced: Any, published: Any) -> float | None:
    """How much more was reproduced than was published, where there is both."""
    if reproduced is None or published is None:
        return None
    # What the subtraction of two floats adds behind that is noise.
    return float(round(reproduced - published, 9))
