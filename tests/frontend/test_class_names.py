"""Classes that people have named are called by these names wherever a run speaks of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontend.figures.boundaries import common
from frontend.views.base import face_of, view_of
from pruning.data.adding_points import Called, add_points
from pruning.data.own_points import remove_points
from pruning.data.places import look_in
from pruning.experiments.toy.config import ToyConfig
from pruning.experiments.toy_study.config import ToyStudyConfig

TABLE = "\n".join(f"{i},{i * 7 % 10},{('sun', 'a' * 40)[i % 2]}" for i in range(20)).encode()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    look_in(tmp_path / "data")
    add_points(TABLE, "sky.csv", Called("sky"), tmp_path / "data")
    return tmp_path / "data"


def keys(view) -> list[str]:
    return [key.title for section in view.sections for key in section.keys]


def test_a_toy_run_calls_classes_by_their_names_also_once_the_points_are_gone(data_dir: Path):
    config = ToyConfig(dataset="sky", criteria=["weight"], reference_samples=4)
    for is_there in (True, False):
        view = view_of("toy", config)
        cut = f"class {'a' * 23}…"
        assert keys(view)[:3] == ["class sun", cut, "ringed: reference sample"]
        assert view.network
        assert view.network.classes == ["class sun", cut]
        region = view.sections[0].panels[0].figure["data"][0]
        assert region["meta"]["bind"]["customdata"]["words"] == ["sun", "a" * 40]
        if is_there:
            remove_points("sky", data_dir)


def test_classes_without_names_are_numbered():
    view = view_of("toy", ToyConfig(dataset="mult", criteria=["weight"]))
    assert keys(view)[:4] == [f"class {i}" for i in range(4)]
    assert view.sections[0].panels[0].figure["data"][0]["meta"]["bind"]["customdata"] == "class"


@pytest.mark.usefixtures("data_dir")
def test_several_datasets_share_the_keys_of_their_colours():
    config = ToyStudyConfig(datasets=["mult", "sky"], criteria=["weight"], reference_samples=[4])
    found = [key for key in keys(view_of("toy_study", config)) if key.startswith("class ")]
    assert found == ["class 0 / sun", "class 1 / aaaaaaaaaaaaaaaaaaa…", "class 2", "class 3"]
    assert common([("0", "1"), ("0", "1", "2")]) == ["0", "1", "2"]


@pytest.mark.usefixtures("data_dir")
def test_boundaries_that_are_compared_know_the_names():
    config = ToyConfig(dataset="sky", criteria=["weight"], reference_samples=4)
    comparable = face_of("toy").comparable
    assert comparable
    assert {each.classes for each in comparable(config).boundaries} == {("sun", "a" * 40)}
