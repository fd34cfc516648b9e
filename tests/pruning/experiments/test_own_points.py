"""Toy experiments on points that people have brought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from frontend.views.base import faces, view_of_stored
from pruning.context import Context
from pruning.data.adding_points import Called, add_formula, add_points
from pruning.data.base import datasets
from pruning.data.own_points import remove_points
from pruning.data.places import look_in
from pruning.events import Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.toy.networks import ToyNetworkSpec
from pruning.toy.settings import TRAINING_PER_CLASS

SMALL: dict[str, Any] = {"criteria": ["weight", "taylor"], "hidden": [20, 20]}


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    look_in(tmp_path / "data")
    return tmp_path / "data"


def rings(count: int, seed: int = 0) -> bytes:
    """Two rings of so many points each."""
    angles = np.random.default_rng(seed).uniform(0, 2 * np.pi, (2, count))
    rows = [
        f"{radius * np.cos(angle):.4f},{radius * np.sin(angle):.4f},{label}"
        for label, (radius, ring) in enumerate(zip((0.4, 1.2), angles, strict=True))
        for angle in ring
    ]
    return "\n".join(rows).encode()


def add_rings(data_dir: Path, count: int = 40, seed: int = 0, name: str = "rings") -> None:
    add_points(rings(count, seed), "rings.csv", Called(name, "My rings"), data_dir)


def run(experiment: str, data_dir: Path, **settings: Any) -> Result:
    study = experiments[experiment]
    config = study.config(**{**SMALL, **settings})
    config.check_files()
    return fold(execute(study, config, Context(data_dir)))


def rows_of(result: Result, name: str) -> set[tuple[float, float]]:
    [frame] = result.frames[name]
    x, y = (frame.arrays[axis].numpy().tolist() for axis in "xy")
    return set(zip(x, y, strict=True))


def refusals(experiment: str, **settings: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        experiments[experiment].config(**{**SMALL, **settings}).check_files()
    return {str(error["loc"][0]): error["msg"] for error in refused.value.errors()}


def test_a_run_learns_one_half_and_looks_at_points_of_the_other(data_dir: Path):
    add_rings(data_dir)
    result = run("toy", data_dir, dataset="rings", reference_samples=7, grid=20)
    assert result.status == "done", result.error
    training, reference = (rows_of(result, f"points/{name}") for name in ("train", "reference"))
    assert (len(training), len(reference)) == (40, 14)
    assert not training & reference
    every = {tuple(row) for row in datasets["rings"].load()[0].tolist()}
    assert training | reference < every
    asked = experiments["toy"].config().sparsities
    assert len({row[1] for row in result.tables["accuracy"].rows}) == len(asked)


def test_equal_seeds_give_equal_runs_and_the_training_seed_draws_the_halves(data_dir: Path):
    add_rings(data_dir)
    settings = {"dataset": "rings", "reference_samples": 3, "grid": 20}
    first, again = (run("toy", data_dir, **settings) for _ in range(2))
    assert first.tables == again.tables
    assert rows_of(first, "points/reference") == rows_of(again, "points/reference")
    other = run("toy", data_dir, **settings, train_seed=1)
    assert rows_of(other, "points/train") != rows_of(first, "points/train")


@pytest.mark.parametrize("test", ["reference", "noisy"])
def test_a_study_takes_fixed_points_beside_formulas_and_built_in_ones(data_dir: Path, test: str):
    add_rings(data_dir)
    add_formula("y > sin(3 x)", None, Called("wave"), data_dir)
    names = ["rings", "wave", "moon"]
    result = run(
        "toy_study",
        data_dir,
        datasets=names,
        reference_samples=[1, 19],
        seeds=3,
        test=test,
        ranks=True,
    )
    assert result.status == "done", result.error
    rows = result.tables["accuracy"].rows
    assert {row[0] for row in rows} == set(names)
    assert all(row[4] is not None and 0 <= row[4] <= 1 for row in rows)


def test_more_reference_samples_than_there_are_are_refused_with_the_most_that_work(data_dir: Path):
    add_rings(data_dir, 40)
    add_rings(data_dir, 13, name="few")
    said = refusals("toy", dataset="rings", reference_samples=20)["reference_samples"]
    assert said == (
        "take 19 or fewer, not 20: the points of My rings are fixed, half of each class is for "
        "training, and one at least for testing"
    )
    said = refusals("toy_study", datasets=["rings", "moon", "few"], reference_samples=[1, 6])
    assert "take 5 or fewer, not 6" in said["reference_samples"]
    experiments["toy"].config(dataset="rings", reference_samples=19).check_files()
    experiments["toy_study"].config(datasets=["few"], reference_samples=[5]).check_files()


def test_noise_is_refused_for_fixed_points_and_moves_those_of_formulas(data_dir: Path):
    add_rings(data_dir)
    add_formula("x > 0", None, Called("sides"), data_dir)
    said = refusals("toy", dataset="rings", noise=0.1)
    assert said == {"noise": "the points of My rings are fixed: leave the noise empty"}
    result = run("toy", data_dir, dataset="sides", noise=0.5, grid=20)
    assert result.status == "done"
    assert max(abs(x) for x, _ in rows_of(result, "points/train")) > 2


def test_a_dataset_that_was_removed_is_refused_and_its_runs_are_understood(data_dir: Path):
    add_rings(data_dir)
    config = experiments["toy"].config(**SMALL, dataset="rings")
    study = experiments["toy_study"].config(datasets=["rings", "moon"])
    remove_points("rings", data_dir)
    words = "the dataset rings was removed; add its points again, or choose another"
    assert refusals("toy", dataset="rings") == {"dataset": words}
    assert refusals("toy_study", datasets=["moon", "rings"]) == {"datasets": words}
    for name, stored in (("toy", config), ("toy_study", study)):
        result = fold(execute(experiments[name], stored, Context(data_dir)))
        assert (result.status, result.error) == ("failed", words)
        view = view_of_stored(name, stored.model_dump(mode="json"))
        assert "My rings" in view.summary
        face = faces[name]
        assert "Of the 80 fixed points in the plane of My rings" in face.methods(stored)["data"]
        assert face.comparable(stored).curves[0].dataset == "My rings"
        assert "rings" in experiments[name].facts(stored).dataset


def test_a_dataset_of_the_same_name_does_not_get_the_network_of_another(data_dir: Path):
    found = []
    for seed in (0, 1, 0):
        add_rings(data_dir, seed=seed)
        data = datasets["rings"]
        spec = ToyNetworkSpec("rings", 0.0, (20,), 0, content=data.content)
        found.append((spec.hash, len(spec.training_set()[0])))
        assert run("toy", data_dir, dataset="rings", grid=20).status == "done"
        remove_points("rings", data_dir)
    assert found[0] == found[2] != found[1]
    files = {path.name.partition(".")[0] for path in (data_dir / "networks").glob("*.safetensors")}
    assert len(files) == 2


def test_a_dataset_that_is_replaced_under_a_run_stops_it(data_dir: Path):
    add_rings(data_dir)
    before = datasets["rings"]
    spec = ToyNetworkSpec("rings", 0.0, (20,), 0, content=before.content)
    remove_points("rings", data_dir)
    add_rings(data_dir, seed=1)
    with pytest.raises(ValueError, match="was replaced while the run went on; run it again"):
        spec.training_set()
    with pytest.raises(ValueError, match="was removed"):
        before.sets(0.0, 0)


def test_networks_of_built_in_datasets_keep_their_names():
    assert ToyNetworkSpec("moon", 0.1, (100, 100, 100), 0).hash == "abc6914eee16262d"
    points, _ = ToyNetworkSpec("moon", 0.1, (9,), 4).training_set()
    expected = datasets["moon"].sample(TRAINING_PER_CLASS, 0.1, (1 << 32) + 4)[0]
    np.testing.assert_array_equal(points, expected)
