"""A recipe as a card: its picture, how close runs come to the paper, how long it takes, Run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from backend.runs import Run
from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.components.recipe_note import expectations, paper
from frontend.components.recipe_picture import recipe_picture
from frontend.components.run_list import STATUS
from frontend.components.run_panel import badge
from frontend.durations import ago, exactly, roughly
from frontend.views.base import view_of
from pruning.events import TableData
from pruning.recipes.base import Published, Recipe, recipes
from pruning.recipes.published import DIFFERENCE, TABLE

# How near, as a share, a figure has to be to count as close.
CLOSE = 0.03


@dataclass(frozen=True)
class Standing:
    """What is known of a recipe here.

    Attributes
    ----------
    latest
        The newest run of exactly its configuration, whatever became of it.
    done
        The newest one that is done.
    tables
        Its tables.
    """

    latest: Run | None = None
    done: Run | None = None
    tables: Mapping[str, TableData] = field(default_factory=dict)


def recipe_card(recipe: Recipe, standing: Standing) -> html.Article:
    """The card of a recipe."""
    shipped = recipe.measured.tables if recipe.measured else {}
    tables = standing.tables if standing.done else shipped
    return html.Article(
        [
            html.Div(recipe_picture(recipe, tables), className="recipe-figure"),
            html.Div([html.H2(recipe.title), paper(recipe)], className="recipe-title"),
            html.P(recipe.description, className="recipe-description"),
            html.Dl(_facts(recipe, standing, tables), className="recipe-facts"),
            html.Div(_actions(recipe), className="recipe-actions"),
            _details(recipe),
        ],
        className="card recipe",
        **attributes(data_testid=f"recipe-{recipe.name}"),
    )


def _facts(recipe: Recipe, standing: Standing, tables: Mapping[str, TableData]) -> list[html.Div]:
    by = recipe.published.by if recipe.published else "paper"
    facts: dict[str, Any] = {
        f"Against the {by}": agreement(recipe, tables, here=standing.done is not None),
        "Takes": _effort(recipe, standing.done),
    }
    if standing.latest is not None:
        facts["Latest run"] = _latest(standing.latest)
    return [html.Div([html.Dt(title), html.Dd(said)]) for title, said in facts.items()]


def agreement(recipe: Recipe, tables: Mapping[str, TableData], *, here: bool) -> list[Any]:
    """How many of the published figures come out, at a glance and in words."""
    published = recipe.published
    if published is None:
        return ["No published table to compare with; see what to expect."]
    differences = _differences(tables.get(TABLE))
    lead = _without_figures(published)
    if not differences:
        rows = len(published.rows)
        count = "One of the" if rows == 1 else str(rows)
        figures = f"{count} {published.what}, {published.origin.lower()}"
        return [f"{lead}{figures}; not run here yet."]
    close = [abs(difference) <= CLOSE for difference in differences]
    largest = max(differences, key=abs)
    words = (
        f"{lead}{sum(close)} of {len(close)} {published.what} within {100 * CLOSE:g} points, "
        f"the largest difference {_points(largest)}"
    )
    # Where the figures are about something else, the recipe of that has the marks.
    marks = [] if published.beside else [_strip(close)]
    return [
        *marks,
        html.Span(f"{words}{'.' if here else ' (shipped measurement; not run here yet).'}"),
    ]


def _without_figures(published: Published) -> str:
    """That there are none for what the recipe is about, where only others can be compared."""
    if not published.beside:
        return ""
    return f"The {published.by} gives no numbers for {published.beside}. Of what it gives, "


def _differences(table: TableData | None) -> list[float]:
    if table is None:
        return []
    place = table.columns.index(DIFFERENCE)
    cells = [row[place] for row in table.rows]
    return [float(cell) for cell in cells if isinstance(cell, (int, float))]


def _points(difference: float) -> str:
    sign = "−" if difference < 0 else "+"
    return f"{sign}{abs(100 * difference):.1f}"


def _strip(close: list[bool]) -> html.Span:
    """A mark per published figure: full where it came out."""
    marks = [html.I(**attributes(data_close=str(each).lower())) for each in sorted(close)[::-1]]
    return html.Span(marks, className="recipe-strip", **attributes(aria_hidden="true"))


def _effort(recipe: Recipe, done: Run | None) -> str:
    if done is not None and done.started_at is not None and done.finished_at is not None:
        took = exactly(done.finished_at - done.started_at)
        return f"{took} here, {ago(datetime.now(UTC) - done.finished_at)}"
    if recipe.measured is not None:
        return f"{roughly(recipe.measured.seconds)} (measured on {recipe.measured.conditions})"
    return recipe.effort or "Not measured"


def _latest(run: Run) -> dcc.Link:
    when = ago(datetime.now(UTC) - (run.started_at or run.created_at))
    return dcc.Link(
        [badge(run.status, STATUS[run.status]), html.Span(when)], href=f"/runs/{run.id}"
    )


def _actions(recipe: Recipe) -> list[Any]:
    run = dmc.Button(
        "Run",
        id={"type": "run-recipe", "name": recipe.name},
        leftSection=icon("play"),
        **attributes(aria_label=f"Run: {recipe.title}"),
    )
    href = f"/?recipe={recipe.name}"
    change = dcc.Link([icon("sliders"), "Open in the form"], href=href, className="button-link")
    # Filled in once the page is there: counting takes longer than showing it.
    estimate = html.P(id={"type": "recipe-estimate", "name": recipe.name}, className="estimate")
    return [run, change, estimate]


def _details(recipe: Recipe) -> html.Details:
    settings = html.Ul([html.Li(said) for said in _settings(recipe.name)], className="settings")
    measured = recipe.measured
    shipped = [html.P(["Measured by ", html.Code(measured.command)])] if measured else []
    return html.Details(
        [
            html.Summary("What to expect, and settings"),
            expectations(recipe),
            settings,
            *([html.P(f"Compared with {recipe.published.source}.")] if recipe.published else []),
            *shipped,
        ],
        className="recipe-details",
    )


@cache
def _settings(name: str) -> list[str]:
    """What a recipe's configuration is, in a few words each."""
    recipe = recipes[name]
    view = view_of(recipe.experiment, recipe.checked_config())
    return [said for said in f"{view.summary} · {view.details}".split(" · ") if said]
