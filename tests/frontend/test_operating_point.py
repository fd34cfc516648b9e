"""Operating points on pages: what the panel is told, and how a run of one looks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from frontend.components.operating_point import operating_points
from frontend.figures.tables import TableView
from frontend.figures.view import Downloads
from frontend.views.base import face_of, view_of
from pruning.experiments.operating_point.config import OperatingPointConfig
from pruning.experiments.sweep.config import SweepConfig
from tests.frontend.fakes import a_run


def told(**settings: Any) -> dict[str, Any]:
    config = SweepConfig.model_validate(settings).model_dump(mode="json")
    marker = operating_points(a_run("one", experiment="sweep", config=config))
    assert marker is not None
    return json.loads(marker.to_plotly_json()["props"]["data-operating-points"])


def test_the_panel_knows_every_arm_and_where_runs_start():
    known = told(criteria=["weight"], granularities=["unit", "weight"], layer_shuffled=True)
    assert list(known["arms"]) == [
        *("weight/unit", "weight_shuffled/unit"),
        *("weight/weight", "weight_shuffled/weight"),
    ]
    assert known["arms"]["weight/unit"] == "Weight magnitude, units"
    assert (known["run"], known["start"]) == ("one", "pruned-HASH")
    assert known["form"] == {
        **{"experiment": "sweep", "dataset": "digits", "model": "lenet-300-100", "epochs": 0}
    }


@pytest.mark.parametrize(
    ("experiment", "config"), [("toy", {}), ("sweep", {"model": "one that is not installed"})]
)
def test_other_runs_have_no_panel(experiment: str, config: dict[str, Any]):
    assert operating_points(a_run(experiment=experiment, config=config)) is None


@pytest.mark.parametrize("further", [0, 5])
def test_a_run_shows_the_networks_their_layers_and_files(further: int):
    config = OperatingPointConfig(further_epochs=further, seeds=[3])
    view = view_of("operating_point", config)
    assert view.summary == "LeNet-300-100 on Digits 8×8 · Weight magnitude, units · 80 % removed"
    assert view.details == ("Seed 3 · 5 epochs of fine-tuning" if further else "Seed 3")
    tables = [part.name for part in view.parts if isinstance(part, TableView)]
    assert tables == ["networks", "layers"]
    assert [section.name for section in view.sections] == (["fine-tuning"] if further else [])
    (files,) = (part for part in view.parts if isinstance(part, Downloads))
    assert "as small as it is" in files.description


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "80 % removed and seed 0, was made again"),
        ({"further_epochs": 3}, "for three epochs at a constant learning rate of 0.0001"),
    ],
)
def test_a_paper_says_which_network_it_is(settings: dict[str, Any], words: str):
    methods = face_of("operating_point").methods
    assert methods
    assert words in methods(OperatingPointConfig(**settings))["point"]
