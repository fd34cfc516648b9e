"""A dashboard as a sheet: its panels, their stages, and what is left of what is gone."""

from __future__ import annotations

from typing import Any

import pytest

from backend.dashboards import Content, Dashboard, Panel
from backend.problems import Problem, unavailable
from frontend.documents.markup import to_html
from frontend.documents.snapshots import panel_body
from frontend.figures.panels import Section
from frontend.figures.view import Scrubber
from frontend.sheets.board import board_sheet, part_options
from frontend.views.base import view_of
from pruning.experiments.base import experiments
from tests.frontend.fakes import LONG_AGO, FakeRuns, a_run, services, toy_result


class LightRuns(FakeRuns):
    def light_result(self, run_id: str) -> Any:
        result, last = self.result(run_id)
        return result.model_copy(update={"frames": {}}), last


@pytest.fixture
def runs() -> LightRuns:
    config = experiments["toy"].config(criteria=["weight", "lrp"]).model_dump(mode="json")
    known = [a_run("one", config=config), a_run("two", config=config | {"dataset": "moon"})]
    return LightRuns(known, {run.id: toy_result() for run in known})


def sheet(runs: LightRuns, *panels: Panel, whole: bool = True) -> Any:
    board = Dashboard(
        id="board",
        content=Content(title="Mine", panels=list(panels)),
        revision=1,
        can_undo=False,
        can_redo=False,
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
    )
    return board_sheet(services(runs), board, whole=whole)


def test_panels_of_the_same_run_share_a_stage(runs):
    chart = Panel(id="a", runs=["one"], part="chart")
    boundary = Panel(id="b", runs=["one"], part="panel", figure="lrp", x=6)
    made = sheet(runs, chart, boundary, Panel(id="c", runs=["two"], part="chart", y=6))
    assert list(made.stages) == ["run-one", "run-two"]
    assert [item.stage for item in made.items] == ["run-one", "run-one", "run-two"]
    assert made.title == "Mine"


def test_a_panel_can_show_one_figure_of_a_section(runs):
    made = sheet(runs, Panel(id="b", runs=["one"], part="panel", figure="lrp"))
    (item,) = made.items
    assert isinstance(item.part, Section)
    assert [panel.name for panel in item.part.panels] == ["lrp"]
    assert item.title == "Layer-wise relevance · Circles"


def test_a_stage_holds_what_is_shown_and_its_slider(runs):
    made = sheet(runs, Panel(id="a", runs=["one"], part="chart"))
    slider, chart = made.stages["run-one"].view.parts
    assert isinstance(slider, Scrubber)
    assert chart.name == "chart"


def test_several_runs_are_a_comparison(runs):
    of = Panel(id="a", runs=["one", "two"], by="dataset", part="boundaries")
    made = sheet(runs, of)
    (stage,) = made.stages.values()
    assert [voice.run.id for voice in stage.voices] == ["one", "two"]
    assert [voice.prefix for voice in stage.voices] == ["a/", "b/"]
    assert not made.items[0].missing


def test_a_table_and_a_note(runs):
    table = Panel(id="a", runs=["one"], part="table-accuracy", title="Numbers")
    made = sheet(runs, table, Panel(id="b", note="# Words"))
    assert [item.title for item in made.items] == ["Numbers", ""]
    assert made.items[1].note == "# Words"
    assert made.items[1].stage is None


@pytest.mark.parametrize(
    ("panel", "says"),
    [
        (Panel(id="a", runs=["gone"], part="chart"), "There is no run 'gone'"),
        (Panel(id="a", runs=["one"], part="never"), "has no never"),
        (Panel(id="a", runs=["one"], part="panel", figure="fisher"), "has no fisher"),
    ],
)
def test_what_is_gone_is_told_in_its_panel(runs, panel, says):
    made = sheet(runs, panel, Panel(id="z", note="still here"))
    gone, note = made.items
    assert says in gone.gone
    assert gone.title.endswith("that is gone")
    assert note.note == "still here"
    assert 'class="gone"' in to_html(panel_body(gone, None))


def test_a_comparison_is_drawn_of_the_runs_that_are_left(runs):
    """And each keeps its letter, so that a figure of one run stays of that run."""
    of = Panel(id="a", runs=["gone", "one", "two"], part="boundary", figure="c-lrp")
    made = sheet(runs, of)
    (stage,) = made.stages.values()
    assert [(voice.run.id, voice.prefix) for voice in stage.voices] == [
        ("one", "b/"),
        ("two", "c/"),
    ]
    told = "There is no run 'gone' any more; the others are shown."
    assert made.items[0].missing == told
    assert told in to_html(panel_body(made.items[0], stage))
    assert made.items[0].part.panels[0].name == "c-lrp"


def test_of_one_run_that_is_left_no_comparison_is_drawn(runs):
    made = sheet(runs, Panel(id="a", runs=["gone", "one"], part="curves", title="Mine"))
    (item,) = made.items
    assert item.title == "Mine"
    assert "There is no run 'gone'. Only one is left of the comparison." in item.gone


def test_a_server_in_trouble_is_no_missing_panel(runs):
    runs.trouble = unavailable("Redis does not answer")
    with pytest.raises(Problem, match="Redis"):
        sheet(runs, Panel(id="a", runs=["one"], part="chart"))


def test_every_part_and_figure_of_a_run_can_be_put_on_a_dashboard(runs):
    view = view_of("toy", experiments["toy"].config(criteria=["weight", "lrp"]))
    made = {option.part: option.figures for option in part_options(view)}
    assert set(made) == {"panel", "diagram", "chart", "trainagain", "table-accuracy"}
    assert set(made["panel"]) == {"unpruned", "weight", "lrp", "hand"}
    for part, figures in made.items():
        for figure in ["", *figures]:
            (item,) = sheet(runs, Panel(id="a", runs=["one"], part=part, figure=figure)).items
            assert item.part is not None
