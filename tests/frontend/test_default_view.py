"""What an experiment without a face of its own looks like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from frontend.comparing import comparison_of
from frontend.components.empty import empty_panel
from frontend.components.figures import drawn
from frontend.exports.methods import methods_of
from frontend.figures.panels import Section
from frontend.figures.tables import TableView
from frontend.figures.view import Downloads, View
from frontend.sheets.base import Sheet, Stage, Voice
from frontend.sheets.staging import figures
from frontend.views.base import comparable_of, face_of, faces, looks_of, view_of
from pruning.context import Context
from pruning.events import Event, Result
from pruning.experiments.base import ExperimentConfig, experiment, experiments
from pruning.experiments.outputs import (
    Column,
    Facts,
    FrameOutput,
    Outputs,
    Quantity,
    Series,
    TableOutput,
    Variant,
)
from pruning.experiments.quantities import ACCURACY
from tests.frontend.fakes import a_run

LAYERS, MOVED = Quantity("layers", "layers made anew", "integer"), Quantity("moved", "loss moved")
DRAWS = (Variant("draw", "normal", "Normal"), Variant("draw", "uniform", "Uniform"))
OUTPUTS = Outputs(
    series=(
        Series("loss/{draw}", LAYERS, MOVED, ("statistic", "seed")),
        Series("accuracy/{draw}", LAYERS, ACCURACY),
        Series("accuracy/whole", None, ACCURACY),
        Series("norms/{layer}/{draw}", LAYERS, Quantity("norm", "norm")),
        Series("secret/{nobody}", Quantity("a", "a"), Quantity("b", "b")),
    ),
    tables=(
        TableOutput(
            "moved",
            "How far",
            (Column("draw", "Draw"), Column("layer", "Layer"), Column("loss", "Loss", "number")),
            key=("draw", "layer"),
        ),
    ),
    frames=(
        FrameOutput("weights/{draw}", "Weights", {"w": "a layer's weights"}, LAYERS),
        FrameOutput("photo", "Photo", {"image": "pixels"}, picture="image"),
        FrameOutput("histogram/{draw}", "Histogram", {"x": "middles", "y": "counts"}, LAYERS),
    ),
)


class RedrawConfig(ExperimentConfig):
    """How much is made anew."""

    layers: int = 3
    strength: float = 1.0


def redraw(config: RedrawConfig, context: Context) -> Iterator[Event]:
    """Say nothing."""
    yield from ()


@pytest.fixture
def facts() -> Facts:
    return Facts("moon", "mlp", DRAWS)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch, facts: Facts) -> None:
    experiments.names()
    monkeypatch.setattr(experiments, "_entries", dict(experiments._entries))
    experiment(
        "redraw",
        title="Layers made anew",
        description="Says how far the loss moves.",
        queue="interactive",
        config=RedrawConfig,
        outputs=OUTPUTS,
        facts=lambda _: facts,
    )(redraw)


@pytest.fixture
def view() -> View:
    return view_of("redraw", RedrawConfig(strength=2.0))


def section(view: View, title: str) -> Section:
    return next(each for each in view.sections if each.title == title)


def traces(part: Section) -> list[dict[str, Any]]:
    return [trace for panel in part.panels for trace in panel.figure["data"]]


def test_it_has_a_chart_for_each_pair_of_quantities_then_frames_tables_and_files(view):
    assert [part.title for part in view.parts] == [
        "Loss moved against layers made anew",
        "Accuracy on the test set against layers made anew",
        *("Norm against layers made anew", "B against a"),
        *("Layers made anew", "Weights", "Photo", "Histogram", "How far", "Files"),
    ]
    assert isinstance(view.parts[-1], Downloads)
    assert view.summary == "mlp on moon · Normal, Uniform"
    assert view.details == "Strength 2"
    assert drawn(view)
    assert figures(view)


def test_variants_have_a_line_each_in_their_colours_and_bands_where_edges_are_told(view):
    drawn = traces(section(view, "Loss moved against layers made anew"))
    means = [trace for trace in drawn if trace["name"]]
    assert [trace["name"] for trace in means] == ["Normal", "Uniform"]
    assert [trace["meta"]["series"] for trace in means] == ["loss/normal", "loss/uniform"]
    assert all(trace["meta"]["labels"] == {"statistic": "mean"} for trace in means)
    assert all(trace["meta"]["mean"] for trace in means)
    assert len(drawn) == 6
    assert len({trace["line"]["color"] for trace in means}) == 2
    looks = looks_of("redraw", RedrawConfig(), "draw")
    assert [look.colour for look in looks] == [trace["line"]["color"] for trace in means]


def test_a_level_goes_with_what_it_is_a_level_of(view):
    chart = section(view, "Accuracy on the test set against layers made anew")
    names = [trace["name"] for trace in traces(chart)]
    assert names == ["Whole", "Normal", "Uniform"]


def test_words_that_only_a_run_knows_are_chosen_from_its_tables(view):
    norms = section(view, "Norm against layers made anew")
    assert [(each.name, each.source) for each in norms.choosers] == [("layer", ("moved", "layer"))]
    assert traces(norms)[0]["meta"]["series"] == "norms/{layer}/normal"


def test_frames_are_pictures_lines_or_shades_and_follow_the_slider_they_lie_along(view):
    assert view.scrubber.places == [0, 1, 2, 3]
    kinds = {part.title: traces(part)[0]["type"] for part in view.sections[4:]}
    assert kinds == {"Weights": "heatmap", "Photo": "image", "Histogram": "scatter"}
    assert "at" not in traces(section(view, "Weights"))[0]["meta"]
    assert "at" in traces(section(view, "Photo"))[0]["meta"]


def test_tables_have_the_declared_columns_and_the_titles_of_variants(view):
    (table,) = (part for part in view.parts if isinstance(part, TableView))
    assert [(each.title, each.format) for each in table.columns] == [
        *(("Draw", "text"), ("Layer", "text"), ("Loss", "number")),
    ]
    assert table.columns[0].titles == {"normal": "Normal", "uniform": "Uniform"}


def test_its_runs_are_compared_along_their_quantities():
    found = comparable_of("redraw", RedrawConfig())
    # What only a run knows the names of is not among them.
    assert found.reach == {("layers", "moved"), ("layers", "accuracy"), ("a", "b")}
    runs = [a_run(name, experiment="redraw", config={"layers": 3}) for name in "ab"]
    compared = comparison_of(runs, ["a/", "b/"])
    assert (compared.by, compared.kind) == ("variant", "draw")
    (curves,) = compared.view.sections
    assert curves.description.startswith("One colour for each draw.")
    assert "{" not in str([trace["meta"]["series"] for trace in traces(curves)]).replace(
        "{measure}", ""
    )


def test_its_methods_are_its_settings_and_its_headline_is_its_title():
    run = a_run("a", experiment="redraw", config={"layers": 3, "strength": 1.0})
    stage = Stage("a", "Run", View(), Result(), [Voice(run, "0-0")])
    assert "Its settings were: layers 3; strength 1." in methods_of(Sheet("Runs", {"a": stage}, []))
    shown = str(empty_panel("redraw", {}, []))
    assert "Layers made anew" in shown
    assert "Says how far the loss moves." in shown


@pytest.mark.parametrize("facts", [Facts()])
def test_without_variants_tables_say_what_there_is_to_choose(view):
    moved = section(view, "Loss moved against layers made anew")
    assert [each.source for each in moved.choosers] == [("moved", "draw")]
    assert traces(moved)[0]["meta"]["series"] == "loss/{draw}"
    # Of what nobody knows the name, nothing can be drawn.
    assert "B against a" not in [each.title for each in view.sections]


@pytest.mark.parametrize("name", ["toy", "toy_study", "sweep"])
def test_every_shipped_experiment_could_do_without_its_face(name, monkeypatch):
    assert face_of(name).title == experiments[name].title
    assert face_of(name).description == experiments[name].description
    faces.names()
    monkeypatch.setattr(faces, "_entries", {})
    config = experiments[name].config()
    made = view_of(name, config)
    assert made.sections
    assert drawn(made)
    assert comparable_of(name, config).curves
