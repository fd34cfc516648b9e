"""A frozen sheet: all that is drawn, nothing else, and small."""

from __future__ import annotations

import gzip
from dataclasses import replace

import numpy as np
import orjson
import pytest

from frontend.documents.document import document
from frontend.documents.snapshots import Snapshot, snapshot_of
from frontend.figures.panels import Panel, Row, Section
from frontend.figures.used_results import has_something, used_by
from frontend.figures.view import View
from frontend.sheets.base import Item, Place, Sheet, run_sheet
from frontend.views.base import view_of
from frontend.views.toy.live import BEGINNINGS
from pruning.events import Array, Artifact, Frame, Note, Point, Table, fold
from pruning.experiments.base import experiments
from tests.frontend.fakes import a_run, toy_events

SECRET = "/home/somebody/secret"


def toy_sheet(*more, **changes) -> Sheet:
    config = experiments["toy"].config(criteria=["weight", "lrp"]).model_dump(mode="json")
    run = a_run("one", **{"config": config, **changes})
    return run_sheet(run, fold([*toy_events(), *more]), "7-0")


def data(snapshot: Snapshot) -> dict:
    return orjson.loads(snapshot.data)


def test_it_holds_every_figure_and_what_fills_it():
    frozen = snapshot_of(toy_sheet())
    stage = data(frozen)["stages"]["run"]
    assert set(stage["figures"]) == {
        "panel-unpruned",
        "panel-weight",
        "panel-lrp",
        "panel-hand",
        "left-hand",
        *(f"again-{name}" for name in BEGINNINGS),
        "chart-accuracy",
    }
    assert stage["result"]["frames"].keys() >= {"grid", "boundary/lrp", "points/train"}
    assert stage["result"]["series"].keys() >= {"accuracy/lrp", "accuracy/unpruned"}
    for name in stage["figures"]:
        assert f'data-figure="{name}"' in frozen.body
    assert "data-track=" in frozen.body


def test_it_holds_nothing_of_a_run_that_is_not_drawn():
    frozen = snapshot_of(
        toy_sheet(
            Point(series="undrawn/series", x=0, y=1),
            Table(name="undrawn", columns=["a"], key=["a"], rows=[[SECRET]]),
            Frame(name="undrawn", arrays={"x": Array.of([1.0], "f4")}),
            Artifact(name="weights", media_type="x/y", size=1, path=f"{SECRET}.safetensors"),
            title="Mine",
            tags=["private"],
            error=f"could not read {SECRET}",
            status="failed",
        )
    )
    everything = frozen.to_json().decode()
    for word in (SECRET, "undrawn", "private", "config_hash", "lease", "artifacts/"):
        assert word not in everything
    (voice,) = data(frozen)["stages"]["run"]["voices"]
    assert voice["run"].keys() == {"status"}
    assert voice["is_frozen"]


def test_of_a_dashboard_only_the_panels_that_are_on_it():
    whole = toy_sheet(Note(level="info", text=SECRET))
    stage = whole.stages["run"]
    chart = next(part for part in stage.view.parts if getattr(part, "name", "") == "chart")
    shown = stage.view.__class__(parts=[chart])
    item = Item("run", chart, title="Curves", place=Place(0, 0, 6, 5))
    item = replace(item, stage="run-one")
    board = Sheet(
        "Board", {"run-one": stage.__class__("run-one", "", shown, stage.result, [])}, [item]
    )
    frozen = snapshot_of(board)
    assert data(frozen)["stages"]["stage-1"]["result"]["frames"] == {}
    assert 'data-stage="stage-1"' in frozen.body
    for word in (SECRET, "run-one"):
        assert word not in frozen.to_json().decode()
    assert "grid-column: 1 / span 6; grid-row: 1 / span 5" in frozen.body
    assert "Curves" in frozen.body


def test_titles_notes_and_tags_are_text():
    script = "<script>alert(1)</script>"
    sheet = toy_sheet(Note(level="info", text=script), title=script)
    sheet.items.append(Item(note=script))
    page = document(snapshot_of(sheet), data_url="/data.json")
    assert script not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3


def test_notes_stand_where_they_are_told_and_nowhere_else():
    frozen = snapshot_of(toy_sheet(Note(level="info", text="a word on it")))
    assert "a word on it" in frozen.body
    assert "a word on it" not in frozen.data.decode()


def test_a_document_of_its_own_asks_for_nothing():
    frozen = snapshot_of(toy_sheet(title="</script><script>alert(1)</script>"))
    page = document(frozen)
    assert "src=" not in page.replace("src=x", "").split('id="sheet">')[0].split("<style>")[0]
    assert '<link rel="stylesheet"' not in page
    held = page.split('id="sheet">')[1].split("</script>")[0]
    assert orjson.loads(held) == data(frozen)


def test_a_linked_document_asks_for_its_data_once():
    page = document(snapshot_of(toy_sheet()), data_url="/shares/token/data.json")
    assert page.count("/shares/token/data.json") == 1
    assert "bdata" not in page


def test_what_was_stored_can_be_read_back():
    frozen = snapshot_of(toy_sheet(), "My title")
    assert frozen.title == "My title"
    assert Snapshot.from_json(frozen.to_json()) == frozen
    with pytest.raises(ValueError, match="another version"):
        Snapshot.from_json(frozen.to_json().replace(b'"format":1', b'"format":2'))


def test_twenty_frames_of_100_by_100_stay_below_a_megabyte():
    rng = np.random.default_rng(0)
    config = experiments["toy"].config(criteria=["weight"], sparsities=[i / 20 for i in range(20)])
    frames = [
        Frame(
            name="boundary/weight",
            at=at,
            arrays={
                "class": Array.of(rng.integers(0, 2, (100, 100)), "u1"),
                "confidence": Array.of(rng.integers(50, 100, (100, 100)), "u1"),
            },
        )
        for at in config.sparsities
    ]
    run = a_run(config=config.model_dump(mode="json"))
    frozen = snapshot_of(run_sheet(run, fold([*toy_events(("weight",), 100)[:4], *frames]), "1-0"))
    assert data(frozen)["stages"]["run"]["result"]["frames"]["boundary/weight"][19]
    # Noise is the worst that there is to compress; level 3 is what the server takes.
    assert len(gzip.compress(frozen.data, 3)) < 1e6


def test_every_experiment_can_be_frozen():
    for study in experiments:
        config = study.config()
        assert view_of(study.name, config).parts
        run = a_run(experiment=study.name, config=config.model_dump(mode="json"))
        page = document(snapshot_of(run_sheet(run, fold([]), "0")))
        assert page.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("trace", "has"),
    [
        ({"meta": {"frame": "weights/{layer}", "bind": {"x": "x"}}}, True),
        ({"meta": {"frame": "weights", "bind": {"x": "x"}}}, False),
        ({"meta": {"frame": "empty", "bind": {"x": "x"}}}, False),
        ({"meta": {"series": "accuracy/{of}", "labels": {}}}, True),
        ({"meta": {"table": "mean", "where": {}, "bind": {"x": "a"}}}, True),
        ({"meta": {"table": "none", "where": {}, "bind": {"x": "a"}}}, False),
        ({"meta": {"series": "accuracy/lrp", "labels": {}, "only": {"axis": "b"}}}, False),
        ({"meta": {"only": {"axis": "a"}}, "x": [1], "y": [2]}, True),
        ({"x": []}, False),
    ],
)
def test_there_is_something_to_see_once_what_a_trace_names_has_come(trace: dict, has: bool):
    events = [
        Frame(name="weights/fc1", arrays={"x": Array.of([1.0], "f4")}),
        Frame(name="empty", arrays={"x": Array.of([], "f4")}),
        Point(series="accuracy/lrp", x=0, y=1, labels={}),
        Table(name="mean", columns=["a"], key=["a"], rows=[[1]]),
        Table(name="none", columns=["a"], key=["a"], rows=[]),
    ]
    choices = {"axis": "a", "layer": ""}
    assert has_something({"data": [trace], "layout": {}}, fold(events), choices) == has


def test_a_name_that_stands_for_a_column_stands_for_no_frame():
    trace = {"meta": {"table": "mean", "bind": {"x": "{axis}", "y": "accuracy"}}}
    layout = {"meta": {"extent": {"x": {"hold": [{"table": "mean", "column": "{axis}"}]}}}}
    figure = {"data": [trace], "layout": layout}
    view = View(parts=[Section("s", [Row([Panel("p", "P", figure)])])])
    tables = [Table(name=name, columns=["a"], key=["a"], rows=[[1]]) for name in ("mean", "all")]
    frame = Frame(name="weights/fc1", arrays={"x": Array.of([1.0], "f4")})
    kept = used_by(fold([*tables, frame]), view)
    assert kept.tables.keys() == {"mean"}
    assert kept.frames == {}
