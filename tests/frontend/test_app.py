"""The application around the pages: routes, callbacks, what is imported."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from plotly.io.json import to_json_plotly

from backend.problems import FieldError, Problem, unavailable
from frontend import docs
from frontend.app import add_pages
from frontend.callbacks import answers
from frontend.components.run_list import ago
from frontend.pages.refusals import field_messages
from frontend.routes import page_at
from frontend.views.toy.live import BEGINNINGS
from pruning.experiments.base import experiments
from tests.frontend.fakes import FakeRuns, a_run, services, toy_result


@pytest.fixture
def runs() -> FakeRuns:
    return FakeRuns([a_run("one")], {"one": toy_result()})


@pytest.fixture
def client(runs: FakeRuns) -> TestClient:
    api = FastAPI()
    add_pages(api, services(runs))
    return TestClient(api)


def page(path: str, runs: FakeRuns) -> Any:
    return asyncio.run(page_at(path, services(runs)))


def part(component: Any, name: str) -> Any:
    return next(p for p in component._traverse_ids() if p.id == name) if component else None


def words(component: Any) -> str:
    return str(component.to_plotly_json())


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/runs", 200), ("/runs/one", 200), ("/runs/two", 404), ("/nowhere", 404)],
)
def test_every_address_gets_the_page_and_an_honest_status(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert "react-entry-point" in answer.text
    # The first request after a restart may be for any of them.
    assert "/assets/figures/draw.js" in answer.text
    assert "/assets/base.css" in answer.text


def test_the_documentation_leads_to_the_pages_and_loads_nothing_from_elsewhere(runs):
    api = FastAPI(docs_url=None)
    api.state.services = services(runs)
    api.include_router(docs.router)
    text = TestClient(api).get("/docs").text
    assert "swagger" in text
    assert "https://" not in text
    assert '<a href="/runs">Runs</a>' in text


def test_what_is_drawn_of_a_run_comes_with_its_data(runs):
    shown = page("/runs/one", runs)
    sheet = json.loads(part(shown, "sheet-data").data)
    figures = sheet["stages"]["run"]["figures"]
    assert "panel-unpruned" in figures
    for name in figures:
        assert f'data-figure="{name}"' in sheet["body"]
    assert "data-track=" in sheet["body"]
    named = [each for each in shown._traverse() if hasattr(each, "data-figure")]
    assert named == [], "Dash has none of it to look after"
    assert not getattr(part(shown, "drawn"), "children", None)


def test_a_run_that_cannot_be_looked_up_is_no_missing_page(client, runs):
    runs.trouble = unavailable("Redis does not answer")
    assert client.get("/runs/one").status_code == 503


def test_every_callback_is_asynchronous_or_in_the_browser():
    app = add_pages(FastAPI(), services(FakeRuns()))
    assert len(app.callback_map) > 5
    for output, callback in app.callback_map.items():
        function = callback.get("callback")
        assert function is None or inspect.iscoroutinefunction(function), output


def test_a_plain_function_is_refused_as_a_callback():
    app = add_pages(FastAPI(), services(FakeRuns()))
    with pytest.raises(TypeError, match="has to be async"):
        answers(app)(lambda: None)  # type: ignore[arg-type]


def test_the_pages_are_built_without_torch():
    code = (
        "import sys, frontend.app; from frontend.views.base import view_of;"
        "from pruning.experiments.base import experiments;"
        "[view_of(study.name, study.config()) for study in experiments];"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_new_page_shows_the_form_and_the_latest_runs(runs):
    runs.known = [a_run(str(i)) for i in range(5)]
    shown = page("/", runs)
    assert part(shown, "submit") is not None
    assert "/runs/2" in words(shown)
    assert "/runs/3" not in words(shown)


def test_the_page_of_a_run_holds_its_configuration_and_its_result(runs):
    config = experiments["toy"].config(dataset="moon", criteria=["lrp"])
    runs.known = [a_run("one", config=config.model_dump(mode="json"))]
    shown = page("/runs/one", runs)
    fields = {
        p.id["name"]: p
        for p in shown._traverse_ids()
        if isinstance(p.id, dict) and p.id["type"] == "field"
    }
    assert fields["dataset"].value == "moon"
    assert fields["criteria"].value == ["lrp"]
    data = json.loads(part(shown, "sheet-data").data)["stages"]["run"]
    assert data["voices"][0]["after"] == "7-0"
    assert data["result"]["frames"].keys() == toy_result().frames.keys()
    panels = {"panel-unpruned", "panel-lrp", "panel-hand", "left-hand"}
    again = {f"again-{name}" for name in BEGINNINGS}
    assert set(data["figures"]) == {*panels, *again, "chart-accuracy"}


def test_a_run_of_an_experiment_that_is_gone_can_still_be_opened(runs):
    runs.known = [a_run("one", experiment="plugged-in", config={"any": "thing"})]
    assert "plugged-in" in words(page("/runs/one", runs))


def test_an_unknown_run_is_a_missing_page(runs):
    assert "There is no run 'two'" in words(page("/runs/two", runs))


def test_trouble_is_told_on_the_page(runs):
    runs.trouble = unavailable("Redis does not answer; start it")
    assert "start it" in words(page("/runs/one", runs))


def test_messages_find_their_fields():
    errors = [
        FieldError(field="config.sparsities.3", message="too large"),
        FieldError(field="config.sparsities.4", message="too large, too"),
        FieldError(field="config.grid", message="too small"),
        FieldError(field="experiment", message="unknown"),
    ]
    problem = Problem(422, "The request is not valid", "several things", errors)
    assert field_messages(problem) == {"sparsities": "too large", "grid": "too small"}


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(hours=5, minutes=3), "5 hours ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_ages_are_told_as_people_do(passed, said):
    assert ago(passed) == said


def test_a_number_that_was_stored_before_there_were_bounds_is_shown():
    config = experiments["sweep"].config().model_dump(mode="json") | {"training_images": 10**23}
    runs = FakeRuns([a_run("one", experiment="sweep", config=config)])
    assert "100000000000000000000000" in to_json_plotly(page("/runs/one", runs))
