"""The page of recipes, and what the page of a run says of the recipe that it follows."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backend.problems import FieldError, Problem
from frontend.app import page_at
from frontend.pages.workbench import unmarked
from pruning.experiments.base import config_hash
from pruning.recipes.base import recipes
from tests.frontend.fakes import FakeRuns, a_run, services

RECIPE = recipes["yeom2021-toy"]


def page(path: str, runs: FakeRuns, search: str = "") -> Any:
    return asyncio.run(page_at(path, services(runs), search))


def words(component: Any) -> str:
    return str(component.to_plotly_json())


def fields(component: Any) -> dict[str, Any]:
    return {
        part.id["name"]: part.value
        for part in component._traverse_ids()
        if isinstance(part.id, dict) and part.id["type"] == "field"
    }


def part(component: Any, name: str) -> Any:
    return next(part for part in component._traverse_ids() if part.id == name)


def run_of_recipe() -> Any:
    config = RECIPE.checked_config()
    changes = {
        "experiment": RECIPE.experiment,
        "config": config.model_dump(mode="json"),
        "config_hash": config_hash(RECIPE.experiment, config),
    }
    return a_run("repeated", **changes)


def test_there_is_a_card_for_every_recipe():
    said = words(page("/recipes", FakeRuns()))
    for recipe in recipes:
        for what in (recipe.title, recipe.paper, recipe.url, *recipe.expect):
            assert what in said
        assert f"/?recipe={recipe.name}" in said


def test_a_card_leads_to_the_latest_run_of_exactly_its_configuration():
    assert "Latest run" not in words(page("/recipes", FakeRuns([a_run("other")])))
    said = words(page("/recipes", FakeRuns([a_run("other"), run_of_recipe()])))
    assert said.count("Latest run") == 1
    assert "/runs/repeated" in said
    assert "/runs/other" not in said


def test_the_form_opens_filled_in_as_the_recipe_says():
    shown = page("/", FakeRuns(), "?recipe=yeom2021-toy-noisy")
    assert part(shown, "experiment").value == "toy_study"
    assert fields(shown)["test"] == "noisy"
    assert fields(shown)["fraction"] == "1/3"


def test_the_form_opens_for_the_experiment_that_is_asked_for():
    shown = page("/", FakeRuns(), "?experiment=toy_study")
    assert part(shown, "experiment").value == "toy_study"
    assert "How few samples" in words(shown)


@pytest.mark.parametrize("search", ["?recipe=none", "?experiment=none"])
def test_an_unknown_name_is_told_with_the_known_ones(search):
    said = words(page("/", FakeRuns(), search))
    assert "There is nothing here" in said
    assert "'none'; choose one of" in said


@pytest.mark.parametrize("search", ["", "?&=", "?recipe"])
def test_whatever_else_is_asked_for_opens_the_first_experiment(search):
    assert part(page("/", FakeRuns(), search), "experiment").value == "toy"


def test_a_run_says_which_recipe_it_follows_and_what_to_expect():
    said = words(page("/runs/repeated", FakeRuns([run_of_recipe()])))
    assert RECIPE.title in said
    assert RECIPE.expect[0] in said
    assert "What to expect" not in words(page("/runs/one", FakeRuns([a_run("one")])))


def test_what_belongs_to_no_field_is_said_by_itself():
    whole = FieldError(field="config", message="the grid is too large: 9 prunings, at most 5")
    seeds = FieldError(field="config.seeds", message="too many")
    title, detail = "The request is not valid", "everything"
    assert unmarked(Problem(422, title, detail, [seeds]), {"seeds"}) is None
    alert = unmarked(Problem(422, title, detail, [seeds, whole]), {"seeds"})
    assert alert.children == "The grid is too large: 9 prunings, at most 5."
    assert unmarked(Problem(422, title, detail, [seeds]), set()).children == detail
    assert unmarked(Problem(503, title, detail), {"seeds"}).children == detail
