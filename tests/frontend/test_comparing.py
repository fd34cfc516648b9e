"""Runs over each other: one result, axes that mean the same, what differs, where they disagree."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.api import frames
from backend.problems import Problem
from backend.run_list import Page
from frontend.comparing import comparison_of
from frontend.comparing.address import asked_of
from frontend.comparing.candidates import candidates, described, offered
from frontend.comparing.merging import merged
from frontend.comparing.runs import names_of
from frontend.figures.panels import Section
from frontend.figures.view import View
from frontend.routes import page_at
from frontend.sheets.base import Voice
from frontend.sheets.comparison import sheet_of_runs
from frontend.sheets.staging import figures
from frontend.views.base import comparable_of
from pruning.events import Result, fold
from pruning.experiments.base import experiments
from pruning.experiments.input_selection.config import InputSelectionConfig
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.toy_study.config import ToyStudyConfig
from tests.frontend import fakes
from tests.frontend.fakes import LONG_AGO, FakeRuns, a_run, toy_events, toy_result
from tests.frontend.selection_events import selection_result
from tests.frontend.sweep_events import sweep_result

THIRD = 1 / 3


def voice(letter: str, experiment: str = "toy", title: str = "", **settings: Any) -> Voice:
    if experiment == "toy":
        settings = {"criteria": ["weight", "lrp"], "sparsities": [0, THIRD, 0.95], **settings}
    config = experiments[experiment].config(**settings).model_dump(mode="json")
    return Voice(
        a_run(letter, experiment=experiment, title=title, config=config), "0", f"{letter}/"
    )


def compared(*voices: Voice, by: Any = None) -> tuple[View, Result]:
    prefixes = [voice.prefix for voice in voices]
    view = comparison_of([voice.run for voice in voices], prefixes, by).view
    return view, merged((voice.prefix, result_of(voice)) for voice in voices)


def result_of(voice: Voice) -> Result:
    config = voice.run.config
    if voice.run.experiment == "toy":
        return fold(toy_events(tuple(config["criteria"])))
    if voice.run.experiment == "input_selection":
        return selection_result(InputSelectionConfig.model_validate(config))
    sweeps = voice.run.experiment == "sweep"
    return sweep_result(SweepConfig.model_validate(config)) if sweeps else Result()


def section(view: View, name: str) -> Section:
    return next(each for each in view.sections if each.name == name)


def sweep_voice(letter: str, *granularities: str, **settings: Any) -> Voice:
    small = {"criteria": ["weight", "random"], "sparsities": [0.5, 0.8], "seeds": [0, 1]}
    return voice(letter, "sweep", granularities=list(granularities), **{**small, **settings})


def selection_voice(letter: str, **settings: Any) -> Voice:
    return voice(letter, "input_selection", **{"kinds": ["static", "random"], **settings})


def test_titles_of_runs_are_no_markup_in_figures():
    view, _ = compared(voice("a", title="<a href='//x'>One</a>"), voice("b", title="Two"))
    drawn = figures(view)["curves-shared"]["data"]
    assert "One" in str(drawn)
    assert not [trace["name"] for trace in drawn if "<" in trace["name"]]


def test_that_curves_are_of_unlike_tasks_is_said():
    alike = compared(voice("a"), voice("b", reference_seed=1))[0]
    assert "different datasets" not in section(alike, "curves").description
    unlike = compared(voice("a"), voice("b", dataset="moon"), voice("c"))[0]
    assert "different datasets, Circles and Moons:" in section(unlike, "curves").description


# The result


def test_a_merged_result_has_the_names_of_each_run_behind_its_prefix():
    whole = merged([("a/", toy_result()), ("b/", toy_result())])
    for kind in ("series", "frames", "tables"):
        names = list(getattr(toy_result(), kind))
        assert list(getattr(whole, kind)) == [f"{p}/{name}" for p in "ab" for name in names]
    assert whole.frames["b/grid"] == toy_result().frames["grid"]


def test_merging_and_folding_can_be_exchanged():
    """So the browser may add the events of a run that goes on, prefixing names only."""
    keys = {"point": "series", "frame": "name", "table": "name"}
    prefixed = [
        event.model_copy(update={keys[event.kind]: f"b/{getattr(event, keys[event.kind])}"})
        for event in toy_events()
    ]
    assert fold(prefixed).model_dump() == merged([("b/", toy_result())]).model_dump()


@pytest.mark.parametrize(
    ("statuses", "status"),
    [(("done", "running"), "running"), (("done", "failed"), "done"), (("queued",), "running")],
)
def test_a_merged_result_runs_as_long_as_one_of_its_runs(statuses, status):
    assert merged((name, Result(status=name)) for name in statuses).status == status


# Axes


def test_sweeps_share_what_their_granularities_have_in_common():
    both = compared(sweep_voice("a", "unit"), sweep_voice("b", "unit", "weight"))[0]
    axes = next(c for c in section(both, "curves").choosers if c.name == "axis")
    assert list(axes.options) == [
        *("units", "compression", "speedup_theoretical", "speedup_measured"),
    ]
    apart = compared(sweep_voice("a", "unit"), sweep_voice("b", "weight"))[0]
    axes = next(c for c in section(apart, "curves").choosers if c.name == "axis")
    assert "units" not in axes.options
    assert "weights" not in axes.options
    assert section(apart, "curves").description.endswith(
        "Not offered, since not all runs have it: share of units removed; share of weights removed."
    )
    assert "Not offered" not in section(compared(voice("a"), voice("b"))[0], "curves").description


def test_a_toy_run_and_a_sweep_of_weights_share_nothing_and_are_told_why():
    with pytest.raises(Problem) as refused:
        compared(voice("a", title="Mine"), sweep_voice("b", "weight"))
    assert refused.value.status == 422
    for words in (
        "Mine: accuracy on the test set",
        "share of units removed",
        "share of weights removed",
    ):
        assert words in refused.value.detail


def test_toy_studies_share_accuracy_against_samples():
    small = {"datasets": ["moon"], "criteria": ["lrp"]}
    view, _ = compared(voice("a", "toy_study", **small), voice("b", "toy_study", test="noisy"))
    (chart,) = section(view, "curves").panels
    assert chart.title == "Accuracy on the training set against reference samples per class"
    assert view.scrubber.start == 10
    assert comparable_of("toy_study", ToyStudyConfig(**small)).reach == {
        ("reference_samples", "training"),
        ("reference_samples", "reference"),
    }


def test_an_experiment_that_says_nothing_of_curves_is_told_so():
    count = Voice(a_run("b", experiment="gone", title="Counting", config={}), "0", "b/")
    with pytest.raises(Problem, match="Counting: no curves that could be compared"):
        compared(voice("a"), count)


@pytest.mark.parametrize(
    ("count", "words"), [(0, "at least two"), (1, "at least two"), (21, "21 runs; at most 20")]
)
def test_too_few_and_too_many_runs_are_refused(count, words):
    with pytest.raises(Problem, match=words) as refused:
        compared(*(voice(f"r{i}") for i in range(count)))
    assert refused.value.status == 422


# Colours and lines


@pytest.mark.parametrize(
    ("settings", "by"),
    [
        ([{}, {"reference_seed": 1}], "variant"),
        ([{"criteria": ["lrp"]}, {"criteria": ["lrp"], "dataset": "moon"}], "dataset"),
        ([{"criteria": ["lrp"]}, {"criteria": ["lrp"], "reference_seed": 1}], "run"),
    ],
)
def test_colours_stand_for_what_there_are_several_of(settings, by):
    voices = [voice(letter, **each) for letter, each in zip("ab", settings, strict=True)]
    assert compared(*voices)[0] == compared(*voices, by=by)[0]


def test_an_address_of_before_there_were_variants_is_understood():
    assert asked_of("?runs=a,b&by=criterion").by == "variant"
    assert asked_of("?runs=a,b&by=criterion").href == "/compare?runs=a,b&by=variant"
    assert asked_of("?runs=a,b&by=").by is None


def test_colours_stand_for_the_kind_that_the_variants_are_of():
    view, _ = compared(voice("a"), voice("b", dataset="moon"))
    assert section(view, "curves").description.startswith("One colour for each criterion.")


# What differs


def test_only_settings_that_differ_are_listed_in_the_words_of_the_form():
    view, _ = compared(voice("a", dataset="moon"), voice("b", noise=0.2))
    table = view.parts[0]
    assert table.title == "What differs"
    assert table.rows == [["Dataset", "Moons", "Circles"], ["Noise", "none", "0.2"]]
    assert [column.href for column in table.columns] == ["", "/runs/a", "/runs/b"]


def test_runs_are_named_by_title_or_by_what_differs_and_never_alike():
    voices = [
        voice("a", title="Mine"),
        voice("b", reference_samples=5),
        voice("c", title="Mine"),
        voice("d", reference_samples=5),
    ]
    names = [column.title for column in compared(*voices)[0].parts[0].columns[1:]]
    assert names == ["Mine · a", "Reference samples 5 · b", "Mine · c", "Reference samples 5 · d"]


def test_runs_are_named_by_the_criteria_that_not_all_have_however_many():
    criteria = (["weight", "lrp"], ["weight", "grad"], ["weight", "taylor", "fisher", "apoz"])
    many = [voice(letter, criteria=each) for letter, each in zip("abc", criteria, strict=True)]
    names = [column.title for column in compared(*many)[0].parts[0].columns[1:]]
    assert names == ["Layer-wise relevance", "Gradient", "Taylor expansion and 2 more"]


def test_runs_of_one_title_are_told_apart_by_what_differs_between_them():
    voices = [
        voice("a", title="Mine", dataset="moon"),
        voice("b", title="Mine"),
        voice("c", title="Other", noise=0.2),
        voice("d", title="Mine", reference_seed=1),
        voice("e", title="Mine", reference_seed=1),
    ]
    assert names_of([each.run for each in voices]) == [
        *("Mine · Moons · Reference seed 0", "Mine · Circles · Reference seed 0", "Other"),
        *("Mine · Circles · Reference seed 1 · d", "Mine · Circles · Reference seed 1 · e"),
    ]


def test_the_same_settings_twice_are_said_to_be_the_same():
    table = compared(voice("a"), voice("b"))[0].parts[0]
    assert (table.rows, table.description) == ([], "These runs have the same settings.")


# Boundaries


def test_what_there_is_no_room_for_is_said():
    criteria = ["weight", "grad", "taylor", "lrp"]
    voices = [voice(letter, title=letter.upper(), criteria=criteria) for letter in "abcd"]
    beside = section(compared(*voices)[0], "boundary")
    assert len(beside.panels) == 12
    assert "no room for 4 more: Layer-wise relevance of A" in beside.description


def test_the_pictures_of_a_difference_map_line_up():
    view, _ = compared(voice("a"), voice("b", reference_seed=1))
    left, right, middle = (panel.figure["layout"] for panel in section(view, "difference1").panels)
    assert left == right == middle


def test_only_boundaries_around_the_same_points_are_offered_to_each_other():
    view, _ = compared(voice("a"), voice("b", dataset="moon"), voice("c", grid=50))
    offered = [s.choosers[0].options for s in view.sections if s.name.startswith("difference")]
    assert [{name[0] for name in options} for options in offered] == [{"a"}, {"b"}, {"c"}]


# Pictures


def test_masks_stand_side_by_side_a_row_for_each_run():
    view, _ = compared(
        selection_voice("a", title="A", epochs=3), selection_voice("b", title="B", epochs=2)
    )
    beside = section(view, "pictures1")
    assert beside.title == "Masks side by side"
    assert [(row.title, [panel.title for panel in row.panels]) for row in beside.rows] == [
        ("A", ["Static mask", "Random mask"]),
        ("B", ["Static mask", "Random mask"]),
    ]
    assert view.scrubber
    assert (view.scrubber.places, view.scrubber.start) == ([1, 2, 3], 3)
    assert view.scrubber.labels == ["Epoch 1", "Epoch 2", "Epoch 3"]


def test_the_legend_of_a_difference_says_which_run_sends_what():
    view, _ = compared(selection_voice("a", title="A"), selection_voice("b", title="B"))
    difference = section(view, "picture-difference1-1")
    one, other = difference.choosers
    assert list(one.options.values()) == [
        *("Static mask · A", "Random mask · A", "Static mask · B", "Random mask · B"),
    ]
    assert [key.title for key in difference.keys] == ["more sent by", "more sent by"]
    assert [key.readings[0].chosen for key in difference.keys] == [
        {one.name: one.options},
        {other.name: one.options},
    ]
    assert difference.keys[0].colour != difference.keys[1].colour


def test_pictures_of_different_sizes_are_not_laid_over_each_other_and_it_is_said_why():
    view, _ = compared(
        selection_voice("a"), selection_voice("b", dataset="mnist"), selection_voice("c")
    )
    maps = [each for each in view.sections if each.name.startswith("picture-difference")]
    offered = [{name[0] for name in each.choosers[0].options} for each in maps]
    assert offered == [{"a", "c"}, {"b"}]
    assert [each.title for each in maps] == [
        *("Difference of two masks · 8 × 8", "Difference of two masks · 28 × 28"),
    ]
    said = section(view, "pictures1").description
    assert "They have 8 × 8 and 28 × 28 pixels: only two of the same size can be laid over" in said


def test_without_two_of_a_size_there_is_no_difference_map():
    one = {"kinds": ["static"]}
    view, _ = compared(selection_voice("a", **one), selection_voice("b", dataset="mnist", **one))
    assert [each.name for each in view.sections] == ["curves", "pictures1"]


def test_masks_that_there_is_no_room_for_are_said():
    kinds = ["static", "dynamic", "given", "random"]
    voices = [selection_voice(letter, title=letter.upper(), kinds=kinds) for letter in "abcd"]
    beside = section(compared(*voices)[0], "pictures1")
    assert len(beside.panels) == 12
    assert "no room for 4 more: Random mask of A; Random mask of B" in beside.description


def test_only_the_masks_of_a_run_are_asked_for():
    voices = [selection_voice("a"), selection_voice("b", kinds=["static"])]
    found = comparison_of([each.run for each in voices], [each.prefix for each in voices])
    assert found.frames == {"a/": ("mask/static", "mask/random"), "b/": ("mask/static",)}


# The page


class FakeList:
    """What the page asks of the list of runs."""

    def __init__(self, known: list[Any]) -> None:
        self.known = known

    def page(self, wanted: Any, limit: int = 50, offset: int = 0) -> Page:
        found = [run for run in self.known if wanted.search in run.title]
        return Page(found[offset : offset + limit], len(found))


@pytest.fixture
def services() -> Any:
    voices = [voice("a", title="First"), voice("b", title="Second"), sweep_voice("c", "weight")]
    runs = [each.run for each in voices]
    results = {each.run.id: result_of(each) for each in voices}
    found = fakes.services(FakeRuns(runs, results))
    found.run_list = FakeList(runs)
    return found


def page(services: Any, search: str) -> str:
    return str(asyncio.run(page_at("/compare", services, search)).to_plotly_json())


def test_the_page_shows_chips_what_differs_and_figures(services):
    shown = page(services, "?runs=a,b")
    for words in ("First", "Second", "What differs", "section-curves", "/compare?runs=a&by="):
        assert words in shown.replace("/compare?runs=a'", "/compare?runs=a&by=")


def test_the_page_asks_for_a_second_run(services):
    for search in ("?runs=a", ""):
        shown = page(services, search)
        assert "Choose at least two runs" in shown
        assert "Link(children='Runs', href='/runs')" in shown


def test_the_page_says_what_cannot_be_compared_and_keeps_the_chips(services):
    shown = page(services, "?runs=a,c")
    assert "These runs cannot share axes" in shown
    assert "/compare?runs=c" in shown


def test_a_comparison_is_drawn_of_the_runs_that_are_left(services):
    shown = page(services, "?runs=a,nobody,b")
    assert "No run ‘nobody’ (any more)" in shown
    assert "/compare?runs=a,b" in shown
    assert "One run does not exist (any more) and is left out." in shown
    assert "section-curves" in shown


def test_of_one_run_that_is_left_nothing_can_be_drawn(services):
    shown = page(services, "?runs=a,nobody,never")
    assert "No run ‘nobody’ (any more)" in shown
    assert "2 runs do not exist" in shown
    assert "Choose at least two runs" in shown


def test_a_run_in_the_bin_is_said_to_be_there(services):
    assert "In the bin" not in page(services, "?runs=a,b")
    services.runs.known[0] = services.runs.known[0].model_copy(update={"deleted_at": LONG_AGO})
    assert "In the bin" in page(services, "?runs=a,b")


def test_runs_are_told_apart_where_they_cannot_be_drawn(services):
    services.runs.known = [voice(f"r{i}", reference_seed=i).run for i in range(21)]
    shown = page(services, f"?runs={','.join(run.id for run in services.runs.known)}")
    assert "21 runs; at most 20" in shown
    assert all(f"title='Reference seed {i}'" in shown for i in range(21))


def test_an_address_that_asks_for_other_colours_is_refused(services):
    assert "choose one" in page(services, "?runs=a,b&by=mood")


def test_a_run_named_twice_is_compared_once():
    asked = asked_of("?runs=a,b,a&by=run")
    assert (asked.runs, asked.by) == (("a", "b"), "run")
    assert asked.with_run("c").without("a").href == "/compare?runs=b,c&by=run"
    assert asked_of("").href == "/compare"


def test_only_runs_that_share_axes_can_be_added(services):
    (chosen,) = [run for run in services.runs.known if run.id == "a"]
    assert [run.id for run in candidates(services, [chosen], "")] == ["b"]
    assert [run.id for run in candidates(services, [], "First")] == ["a"]


def test_runs_that_are_offered_are_told_apart():
    runs = [voice(f"r{i}", reference_seed=i // 2).run for i in range(4)]
    words = described(runs[0])
    assert offered(runs[:1], runs[1:]) == [
        *(f"{words} · Reference seed 0 · r1", f"{words} · Reference seed 1 · r2"),
        f"{words} · Reference seed 1 · r3",
    ]


def test_frames_that_are_drawn_can_be_asked_for_by_their_names(services):
    sheet, _ = sheet_of_runs(services, services.runs.known[:2], None, whole=False)
    (stage,) = sheet.stages.values()
    drawn = {
        *("grid", "points/reference"),
        *(f"boundary/{n}" for n in ("weight", "lrp", "unpruned")),
    }
    assert [set(each.frames) for each in stage.voices] == [drawn, drawn]
    whole, _ = sheet_of_runs(services, services.runs.known[:2], None, whole=True)
    (stage,) = whole.stages.values()
    assert set(stage.result.frames) == {f"{p}/{name}" for p in "ab" for name in drawn}
    api = FastAPI()
    api.state.services = services
    api.include_router(frames.router)
    client = TestClient(api)
    answer = client.get("/runs/a/frames", params={"names": ",".join(sorted(drawn))}).json()
    assert answer.keys() == drawn
    kept = Result.model_validate({"frames": answer}).frames["boundary/lrp"]
    assert kept == services.runs.results["a"].frames["boundary/lrp"]
    assert "points/train" in client.get("/runs/a/frames").json()
    assert client.get("/runs/a/frames?names=boundary/").json().keys() == {
        name for name in drawn if name.startswith("boundary/")
    }
