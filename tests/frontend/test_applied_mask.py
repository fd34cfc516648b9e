"""Applying masks on the pages: where it is offered, and how its runs look."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from frontend.components.apply_panel import apply_panel
from frontend.pages import workbench
from frontend.views.base import face_of, view_of
from pruning.experiments.applied_mask.config import AppliedMaskConfig
from pruning.experiments.base import experiments
from pruning.experiments.input_selection.config import InputSelectionConfig
from tests.frontend.fakes import FakeRuns, a_run, services

SELECTION = InputSelectionConfig(kinds=["dynamic", "given"]).model_dump(mode="json")
APPLIED = AppliedMaskConfig(run="abc", at=0.05, upload="upload-0123456789ab")


def a_selection(**changes: Any) -> Any:
    return a_run(experiment="input_selection", config=SELECTION, **changes)


def offered(experiment: str) -> list[str]:
    page = asyncio.run(workbench.new(services(FakeRuns()), f"?experiment={experiment}"))
    (select,) = (p for p in page._traverse() if getattr(p, "id", None) == "experiment")
    return [choice["value"] for choice in select.data]


def test_an_input_selection_has_its_masks_to_apply():
    panel = apply_panel(a_selection())
    assert panel is not None
    options = [p.value for p in panel._traverse() if type(p).__name__ == "Option"]
    assert options == ["dynamic", "given"]


def test_other_runs_have_nothing_to_apply():
    assert apply_panel(a_run()) is None
    assert apply_panel(a_run(experiment="input_selection", config={})) is None


def test_the_workbench_offers_it_only_where_it_is_open():
    elsewhere = ["applied_mask", "operating_point"]
    usual = [name for name in experiments.names() if name not in elsewhere]
    assert offered("toy") == usual
    for name in elsewhere:
        assert offered(name) == [each for each in experiments.names() if each in (*usual, name)]


@pytest.mark.parametrize(
    ("at", "summary"),
    [
        (0.05, "Static mask of run abc · at most 5 % sent on average"),
        (None, "Static mask of run abc · any Q"),
    ],
)
def test_a_run_says_which_mask_it_is(at, summary):
    config = APPLIED.model_copy(update={"at": at})
    assert view_of("applied_mask", config).summary == summary


def test_any_image_is_chosen_by_the_name_that_the_table_gives():
    view = view_of("applied_mask", APPLIED)
    (chooser,) = view.choosers
    assert chooser.source == ("images", "image")
    outputs = experiments["applied_mask"].outputs
    panels = [panel for section in view.sections for panel in section.panels]
    drawn = {panel.figure["data"][0]["meta"]["frame"] for panel in panels}
    assert drawn == {each.name for each in outputs.frames}


def test_the_methods_say_what_was_applied_and_how_bytes_are_counted():
    methods = face_of("applied_mask").methods
    assert methods is not None
    said = methods(APPLIED)["data"]
    assert said.startswith("The static mask of an input selection (run abc, repeat 0) was applied")
    assert "that sends at most 5 % of the input, on average over test images. Bytes were" in said
