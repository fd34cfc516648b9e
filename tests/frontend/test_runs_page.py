"""The page of runs: what its table asks for and shows, and what no other page loads."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from dash import no_update
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.problems import Problem
from backend.queue_view import QueueState, Waiting, Working
from backend.run_list import Page, Wanted
from frontend.app import add_pages
from frontend.components.run_address import wanted_at
from frontend.components.run_bin import bin_note
from frontend.components.run_details import RunDetails
from frontend.components.run_grid import row_of, script_address, wanted_of
from frontend.routes import page_at
from pruning.experiments.base import experiments
from tests.frontend.fakes import LONG_AGO, FakeRuns, a_run
from tests.frontend.fakes import services as fake_services


def services(*runs: Any, **more: Any) -> Any:
    found = fake_services(FakeRuns(list(runs)))
    return SimpleNamespace(**vars(found), **more)


def page(path: str, given: Any, search: str = "") -> Any:
    return asyncio.run(page_at(path, given, search))


def words(component: Any) -> str:
    return str(component.to_plotly_json())


def part(component: Any, name: str) -> Any:
    return next((p for p in component._traverse_ids() if p.id == name), None)


def test_the_script_of_the_table_is_loaded_by_the_page_that_has_one():
    api = FastAPI()
    add_pages(api, services())
    client = TestClient(api)
    assert "_dash-component-suites/dash_ag_grid" not in client.get("/").text
    assert client.get(script_address()).status_code == 200
    assert part(page("/runs", services()), "run-script").data["src"] == script_address()


def test_the_tabs_are_pages_of_their_own():
    for search, binned in (("", False), ("?bin&search=x", True), ("?nonsense", False)):
        assert part(page("/runs", services(), search), "run-bin").data is binned


def test_what_the_table_asks_for_is_what_the_list_is_asked():
    assert wanted_of({}) == Wanted()
    request = {
        "sortModel": [{"colId": "result", "sort": "asc"}],
        "filterModel": {
            "dataset": {"type": "contains", "filter": "moon"},
            "tags": {"type": "equals", "filter": "paper"},
            "config": {"type": "contains", "filter": "x"},
        },
    }
    asked = wanted_of(request, search="a b", status=["done"], experiment="toy", starred=True)
    assert asked == Wanted(
        experiment="toy",
        dataset="moon",
        tag="paper",
        status=("done",),
        search="a b",
        starred=True,
        sort="result",
        descending=False,
    )
    assert wanted_of({"sortModel": [{"colId": "id; DROP", "sort": "asc"}]}).sort == "created"


def test_what_narrows_the_table_is_in_its_address():
    search = "?search=a+b&status=done&status=asleep&experiment=toy&starred=true&sort=duration"
    shown = page("/runs", services(), f"{search}&descending=false&dataset=moon&tag=paper")
    assert (part(shown, "run-search").value, part(shown, "run-experiment").value) == ("a b", "toy")
    assert (part(shown, "run-status").value, part(shown, "run-starred").checked) == (["done"], True)
    grid = part(shown, "run-script").data["grid"]["props"]
    sorts = {column["field"]: column.get("initialSort") for column in grid["columnDefs"]}
    assert {name: sort for name, sort in sorts.items() if sort} == {"duration": "asc"}
    request = {"filterModel": grid["filterModel"], "sortModel": [{"colId": "title", "sort": "asc"}]}
    assert (wanted_of(request).dataset, wanted_of(request).tag) == ("moon", "paper")


def test_an_address_that_asks_for_what_does_not_exist_asks_for_nothing():
    assert wanted_at("?sort=colour&experiment=gone&status=asleep&starred=1&x=%ff") == Wanted()


def test_a_row_says_what_there_is_and_is_text():
    script = "<script>alert(1)</script>"
    run = a_run(title=script, tags=[script], main_result="50 %", criteria=["lrp", "grad"])
    row = row_of(run, "Seeds 0", now=LONG_AGO + timedelta(hours=2))
    assert (row["name"], row["title"], row["tags"]) == (script, script, script)
    assert row["besides"] == "Toy decision boundaries · Seeds 0"
    assert row["criteria"] == "lrp, grad"
    assert (row["created"], row["status_title"]) == ("2 hours ago", "Done")
    json.dumps(row)
    assert row_of(a_run(experiment="plugged-in"), "")["name"] == "plugged-in"


def test_details_of_a_row_are_the_settings_that_have_no_column():
    details = RunDetails()
    config = {"dataset": "moon", "criteria": ["lrp"], "grid": 33, "train_seed": 7}
    assert details.of(a_run(config=config)) == "Training seed 7 · Grid 33"
    assert details.of(a_run()) == ""
    assert details.of(a_run(experiment="plugged-in")) == ""
    # What an older version took and this one does not is told as it was.
    assert details.of(a_run(config={"grid": "fine"})) == "Grid fine"


def rows_of(page, any_active, start=0):
    """What the table is answered that asks for a page."""
    run_list = SimpleNamespace(page=page, any_active=any_active)
    app = add_pages(FastAPI(), services(run_list=run_list))
    (rows,) = (c["callback"] for key, c in app.callback_map.items() if "run-rows" in key)
    request = {"number": 3, "startRow": start, "endRow": start + 50}
    return asyncio.run(rows.__wrapped__(request, "", [], None, False, False))


@pytest.mark.parametrize("total", [0, 120])
def test_a_page_of_rows_comes_with_how_many_there_are(total):
    asked = []

    def listed(wanted: Wanted, limit: int, offset: int) -> Page:
        asked.append((wanted, limit, offset))
        return Page([a_run()] if total else [], total)

    answer, pause, hides_nothing, _ = rows_of(listed, any_active=lambda: True)
    assert asked == [(Wanted(), 50, 0)]
    assert answer["response"]["rowCount"] == total
    assert answer["number"] == 3, "which request this answers"
    assert (pause, answer["told"], hides_nothing) == (2000, f"{total} runs", total > 0)
    # What is further down says nothing about the rows above it, which may be older.
    _, pause, *_ = rows_of(listed, any_active=lambda: False, start=50)
    assert asked[1:] == [(Wanted(), 50, 50)]
    assert pause is no_update


def test_a_run_that_ends_while_it_is_listed_is_looked_at_again_or_shown_as_ended():
    state = "running"

    def ends_after(answer):
        nonlocal state
        before, state = state, "done"
        return answer(before)

    answer, pause, *_ = rows_of(
        lambda *_: ends_after(lambda status: Page([a_run(status=status)], 1)),
        lambda: ends_after(lambda status: status == "running"),
    )
    assert pause == 2000 or answer["response"]["rowData"][0]["status"] == "done"


def test_a_run_fills_the_form_in():
    config = experiments["toy"].config(dataset="moon", criteria=["lrp"]).model_dump(mode="json")
    fields = fields_of(page("/", services(a_run("one", config=config)), "?run=one"))
    assert (fields["dataset"], fields["criteria"]) == ("moon", ["lrp"])
    assert "There is no run" in words(page("/", services(), "?run=two"))


def fields_of(shown: Any) -> dict[str, Any]:
    """What stands in the form of a page."""
    return {
        p.id["name"]: p.value
        for p in shown._traverse_ids()
        if isinstance(p.id, dict) and p.id["type"] == "field"
    }


def test_an_address_fills_the_form_in():
    search = "?experiment=sweep&dataset=mnist&criteria=lrp,weight&sensitivity=true&l1=1e-4"
    fields = fields_of(page("/", services(), search))
    assert (fields["dataset"], fields["criteria"]) == ("mnist", ["lrp", "weight"])
    assert (fields["sensitivity"], fields["augment"], fields["l1"]) == ("true", "false", "1e-4")


@pytest.mark.parametrize("path", ["/", "/runs/one"])
def test_what_was_kept_of_a_form_stands_before_everything_else(path):
    assert with_kept(path, "toy")["grid"] == "7.5"


def test_what_was_kept_of_an_experiment_that_is_gone_is_forgotten():
    assert with_kept("/runs/one", "no such experiment")["grid"] == str(a_run().config["grid"])


def with_kept(path: str, experiment: str) -> dict[str, Any]:
    """The fields of a page whose form was left with other values."""
    kept: Any = {"experiment": experiment, "values": {"grid": "7.5", "gone": "x"}}
    return fields_of(asyncio.run(page_at(path, services(a_run("one")), "?recipe=none", kept)))


def test_a_run_in_the_bin_says_so_on_its_page():
    assert bin_note(a_run()).hidden
    binned = bin_note(a_run(deleted_at=LONG_AGO))
    assert not binned.hidden
    assert "in the bin" in words(binned)
    assert "Restore" in words(page("/runs/one", services(a_run(deleted_at=LONG_AGO))))


def test_the_queue_says_where_what_runs_and_who_is_next():
    working = Working(
        id="one", title="", experiment="toy", workers=["w"], since=LONG_AGO, progress=0.5
    )
    waiting = [Waiting(id=i, title=i, experiment="gone", since=LONG_AGO) for i in ("two", "three")]
    state = QueueState(name="training", workers=1, running=[working], waiting=waiting)
    shown = page("/runs", services(queue_view=SimpleNamespace(state=lambda: [state])), "?queue")
    said = words(shown)
    for expected in ("1 worker", "Toy decision boundaries", "on w", "'50'", "next", "number 2"):
        assert expected in said
    assert said.count("To the front") == 1
    assert part(shown, "queue-look-again").interval == 2000


def test_runs_in_the_queue_can_be_told_apart():
    toy = experiments["toy"]
    waiting = [
        Waiting(
            id=dataset,
            title="",
            experiment="toy",
            since=LONG_AGO,
            config=toy.config(dataset=dataset, hidden=[7]).model_dump(mode="json"),
        )
        for dataset in ("moon", "circle")
    ]
    state = QueueState(name="interactive", workers=1, running=[], waiting=waiting)
    said = words(
        page("/runs", services(queue_view=SimpleNamespace(state=lambda: [state])), "?queue")
    )
    for expected in ("Moons", "Circles", "/runs/moon", "/runs/circle", "Hidden layers 7"):
        assert expected in said
    assert "config" not in waiting[0].model_dump()


def test_trouble_with_the_queue_is_told():
    def state() -> None:
        raise Problem(503, "Not available right now", "Redis does not answer; start it")

    given = services(queue_view=SimpleNamespace(state=state))
    assert "start it" in words(page("/runs", given, "?queue"))
