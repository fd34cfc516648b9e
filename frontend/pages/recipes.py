"""The recipes: published studies to run as they are, or to change first."""

from __future__ import annotations

import asyncio
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from backend.problems import Problem
from backend.runs import Run
from backend.services import Services
from frontend.callbacks import answers
from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.components.problem import problem_alert
from frontend.components.recipe_note import expectations, paper
from frontend.components.run_list import run_list
from frontend.views.base import view_of
from pruning.experiments.base import config_hash
from pruning.recipes.base import Recipe, recipes

# How far back a run of a recipe is looked for.
_LATEST = 100


async def listing(services: Services) -> html.Div:
    """The page: a card per recipe."""
    runs = await asyncio.to_thread(services.runs.page, _LATEST)
    return html.Div(
        [
            html.Div(html.H1("Recipes"), className="page-head"),
            html.P(
                "Published studies, ready to run. A run shows what was published beside what "
                "comes out, where the paper gives numbers. With other settings it is a run of "
                "your own, without that.",
                className="quiet lead",
            ),
            html.Div(id="recipe-problem"),
            *(_card(recipe, runs) for recipe in recipes),
        ],
        className="narrow recipes",
    )


def _card(recipe: Recipe, runs: list[Run]) -> html.Article:
    view = view_of(recipe.experiment, recipe.checked_config())
    said = f"{view.summary} · {view.details}".split(" · ")
    settings = html.Ul([html.Li(setting) for setting in said if setting], className="settings")
    return html.Article(
        [
            html.H2(recipe.title),
            html.P(recipe.description),
            settings,
            html.H3("What to expect"),
            expectations(recipe),
            paper(recipe),
            html.Div(_actions(recipe), className="recipe-actions"),
            *_latest(recipe, runs),
        ],
        className="card recipe",
        **attributes(data_testid=f"recipe-{recipe.name}"),
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
    return [run, change]


def _latest(recipe: Recipe, runs: list[Run]) -> list[Any]:
    """The latest run of exactly this configuration, if there is one."""
    wanted = config_hash(recipe.experiment, recipe.checked_config())
    found = next((run for run in runs if run.config_hash == wanted), None)
    return [html.H3("Latest run"), run_list([found])] if found else []


def add_callbacks(app: Dash, services: Services) -> None:
    """Starting a recipe."""

    @answers(
        app,
        Output("url", "pathname", allow_duplicate=True),
        Output("recipe-problem", "children"),
        Input({"type": "run-recipe", "name": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    async def start(clicks: list[int | None]) -> tuple[Any, Any]:
        # Dash asks once when the buttons appear.
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            raise PreventUpdate
        recipe = recipes[ctx.triggered_id["name"]]
        config = recipe.checked_config().model_dump(mode="json")
        try:
            run = await asyncio.to_thread(services.runs.submit, recipe.experiment, config)
        except Problem as problem:
            return no_update, problem_alert(problem)
        return f"/runs/{run.id}", None
