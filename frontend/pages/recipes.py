"""The recipes: published studies to run as they are, or to change first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from dash import ALL, Dash, Input, Output, ctx, html, no_update
from dash.exceptions import PreventUpdate

from backend.describing import networks_of_recipes
from backend.problems import Problem
from backend.runs import Runs
from backend.services import Services
from frontend.callbacks import answers
from frontend.components.estimate import estimate_lines
from frontend.components.problem import problem_alert
from frontend.components.recipe_card import Standing, recipe_card
from pruning.events import TableData
from pruning.experiments.base import config_hash
from pruning.recipes.base import Recipe, recipes
from pruning.recipes.published import shown

_REMEMBERED = 64


async def listing(services: Services) -> html.Div:
    """The page: a card per recipe."""
    cards = await asyncio.to_thread(_cards, services)
    return html.Div(
        [
            html.Div(html.H1("Recipes"), className="page-head"),
            html.P(
                "Published studies, ready to run. A run shows what was published beside what "
                "comes out, where there are numbers for that. With other settings it is a run of "
                "your own, without that.",
                className="quiet lead",
            ),
            html.Div(id="recipe-problem"),
            html.Div(cards, className="recipe-grid"),
        ],
        className="recipes",
    )


def _cards(services: Services) -> list[html.Article]:
    return [recipe_card(recipe, _standing(recipe, services)) for recipe in recipes]


def _standing(recipe: Recipe, services: Services) -> Standing:
    """The runs here of exactly this configuration, and what the newest finished one says."""
    runs = services.runs.of_configuration(_hash(recipe.name))
    latest = next(iter(runs), None)
    done = next((run for run in runs if run.status == "done"), None)
    if done is None:
        return Standing(latest)
    return Standing(latest, done, _tables(services.runs, done.id, recipe.name))


@lru_cache(maxsize=_REMEMBERED)
def _tables(runs: Runs, run_id: str, name: str) -> Mapping[str, TableData]:
    """What the card needs of a run that is done, and so never changes."""
    return shown(recipes[name], runs.light_result(run_id)[0].tables)


@cache
def _hash(name: str) -> str:
    recipe = recipes[name]
    return config_hash(recipe.experiment, recipe.checked_config())


def _estimated(services: Services, names: list[str]) -> list[list[html.Span]]:
    """How long a run of each recipe would take; nothing of those that nobody can tell it of yet."""
    services.describer.describe_later(networks_of_recipes())
    wanted = [(recipes[name].study, recipes[name].checked_config()) for name in names]
    found = services.estimates.kept(wanted)
    return [estimate_lines(each) if each.seconds else [] for each in found]


def add_callbacks(app: Dash, services: Services) -> None:
    """Starting a recipe, and saying how long it would take."""

    @answers(
        app,
        Output({"type": "recipe-estimate", "name": ALL}, "children"),
        Input({"type": "recipe-estimate", "name": ALL}, "id"),
    )
    async def tell(cards: list[dict[str, str]]) -> list[list[html.Span]]:
        return await asyncio.to_thread(_estimated, services, [card["name"] for card in cards])

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
