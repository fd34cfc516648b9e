"""The page of recipes, and what the page of a run says of the recipe that it follows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from backend.problems import FieldError, Problem
from frontend.components.recipe_card import agreement
from frontend.components.recipe_picture import curves, svg
from frontend.pages.refusals import unmarked
from frontend.routes import page_at
from pruning.events import Result, TableData
from pruning.experiments.base import config_hash
from pruning.recipes.base import Recipe, recipes
from tests.frontend.fakes import FakeRuns, a_run, services
from tests.frontend.test_colours import criterion_colour

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


def result(differences: list[float]) -> Result:
    """What a run of the recipe says: a comparison, and one curve for the picture."""
    published = [["weight", share, share] for share in differences]
    rows = [["moon", "train", "lrp", 1, 0.5], ["moon", "train", "lrp", 5, 0.9]]
    curve = ["dataset", "scenario", "criterion", "reference_samples", "mean"]
    tables = {
        "published": TableData(columns=["criterion", "mean", "difference"], rows=published),
        "accuracy": TableData(columns=curve, rows=rows),
    }
    return Result(tables=tables)


def card(run: Any, found: Result | None = None, name: str = RECIPE.name) -> Any:
    shown = page("/recipes", FakeRuns([run], {run.id: found} if found else {}))
    return next(
        part for part in shown._traverse() if getattr(part, "data-testid", "") == f"recipe-{name}"
    )


def test_a_card_says_how_near_the_newest_finished_run_came_and_how_long_it_took():
    ended = datetime.now(UTC) - timedelta(days=2)
    took = {"started_at": ended - timedelta(seconds=113), "finished_at": ended}
    said = words(card(run_of_recipe().model_copy(update=took), result([0.01, -0.05, 0.0299])))
    assert "2 of 3 training accuracies within 3 points, the largest difference −5.0." in said
    assert "1 min 53 s here, 2 days ago" in said
    assert "not run here yet" not in said


def test_before_the_first_run_a_card_shows_what_was_measured_and_says_so():
    said = words(card(a_run("other")))
    measured = RECIPE.measured
    assert measured is not None
    assert f"(measured on {measured.conditions})" in said
    assert "(shipped measurement; not run here yet)." in said
    assert measured.command in said
    failed = words(card(run_of_recipe().model_copy(update={"status": "failed"})))
    assert "not run here yet" in failed


def test_a_card_names_what_is_compared_and_with_whose_figures():
    ranks = words(card(a_run("other"), name="yeom2021-ranks"))
    assert "The paper gives no numbers for the rankings. Of what it gives, " in ranks
    assert "no numbers" not in words(card(a_run("other")))
    for name in ("magnitude-digits", "magnitude-fashion"):
        said = words(card(a_run("other"), name=name))
        assert "Against the reproduction" in said
        assert "Against the paper" not in said
        assert "test accuracies" in said
        (said,) = agreement(recipes[name], {}, here=False)
        assert said.endswith("test accuracies, reproduced by others; not run here yet.")


def test_figures_that_are_of_another_subject_are_told_without_their_marks():
    shown = page("/recipes", FakeRuns())
    marked = {
        part.to_plotly_json()["props"]["data-testid"].removeprefix("recipe-")
        for part in shown._traverse()
        if "recipe-" in getattr(part, "data-testid", "")
        and any(getattr(each, "className", "") == "recipe-strip" for each in part._traverse())
    }
    assert marked
    of_another = {each.name for each in recipes if each.published and each.published.beside}
    assert of_another
    assert not marked & of_another


def test_a_card_without_any_measurement_says_what_it_takes():
    said = words(page("/recipes", FakeRuns()))
    assert "Not measured; needs a GPU." in said
    assert "No published table to compare with" in said


def drawing(recipe: Recipe, tables: dict[str, TableData]) -> ElementTree.Element:
    assert recipe.picture is not None
    return ElementTree.fromstring(svg(recipe.picture, curves(recipe, tables), "light"))


def drawn(root: ElementTree.Element, what: str) -> list[ElementTree.Element]:
    return root.findall(f".//{{http://www.w3.org/2000/svg}}{what}")


@pytest.mark.parametrize("recipe", list(recipes), ids=lambda recipe: recipe.name)
def test_a_picture_lies_inside_its_frame_and_has_every_point(recipe: Recipe):
    tables = recipe.measured.tables if recipe.measured else {}
    points = [
        point for curve in curves(recipe, tables) for point in (*curve.measured, *curve.published)
    ]
    circles = drawn(drawing(recipe, tables), "circle")
    assert len(circles) == len(points)
    assert bool(points) == bool(tables or recipe.published)
    for circle in circles:
        assert 46 <= float(circle.get("cx", "")) <= 352
        assert 12 <= float(circle.get("cy", "")) <= 158


def test_published_points_are_hollow_and_coloured_as_their_criterion():
    root = drawing(RECIPE, result([]).tables)
    hollow = [circle for circle in drawn(root, "circle") if circle.get("fill") == "none"]
    full = [circle for circle in drawn(root, "circle") if circle.get("fill") != "none"]
    assert len(hollow) == 16
    assert [circle.get("fill") for circle in full] == [criterion_colour("lrp")] * 2
    assert {circle.get("stroke") for circle in hollow} == set(
        map(criterion_colour, ("weight", "grad", "taylor", "lrp"))
    )


def test_a_picture_without_points_says_when_there_will_be_some():
    said = [text.text for text in drawn(drawing(recipes["synflow-vgg16"], {}), "text")]
    assert "Drawn by the first run here" in said


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
