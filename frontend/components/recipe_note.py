"""What a recipe says of the runs that follow it."""

from __future__ import annotations

from typing import Any

from dash import html
from pydantic import ValidationError

from frontend.components.attributes import attributes
from pruning.experiments.base import experiments
from pruning.recipes.base import Recipe, recipe_of
from pruning.registry import UnknownNameError


def recipe_of_stored(experiment: str, config: dict[str, Any]) -> Recipe | None:
    """The recipe that a run from the store follows; none for an experiment that is gone."""
    try:
        study = experiments[experiment]
        return recipe_of(study, study.config.model_validate(config))
    except (UnknownNameError, ValidationError):
        return None


def recipe_note(recipe: Recipe) -> html.Details:
    """Which recipe it is; unfolded, what to expect of it."""
    summary = html.Summary(
        ["Recipe: ", html.Strong(recipe.title), html.Span("What to expect", className="unfold")]
    )
    return html.Details(
        [summary, expectations(recipe), paper(recipe)],
        className="recipe-note",
        **attributes(data_testid="recipe-note"),
    )


def expectations(recipe: Recipe) -> html.Ul:
    """What a reproduction has to show."""
    return html.Ul([html.Li(sentence) for sentence in recipe.expect], className="expect")


def paper(recipe: Recipe) -> html.P:
    """Where the study was published."""
    link = html.A(recipe.paper, href=recipe.url, target="_blank", rel="noreferrer")
    return html.P(link, className="quiet")
