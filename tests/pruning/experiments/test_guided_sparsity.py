"""Guided sparsity from end to end, on the images that are always there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pruning.checks import check_experiment
from pruning.events import Result
from pruning.experiments.guided_sparsity import measuring
from pruning.experiments.guided_sparsity.outputs import LAYERS
from pruning.takeaway.weights import rebuild
from pruning.tensor_files import read_tensors
from tests.pruning.experiments.guided import (
    QUICK,
    check_numbers,
    config_of,
    done,
    hurried,  # noqa: F401 - no test of this file waits for clocks
    rows,
    setup_of,
    to_test,
)

HIDDEN = ("fc1", "fc2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guided")


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    return done(folder)


def test_it_holds_what_it_declares():
    """Equal configurations say equal things, but for what clocks tell."""
    check_experiment(
        "guided_sparsity",
        QUICK | {"epochs": 4, "lasso": "0.05"},
        QUICK | {"epochs": 2, "lasso_step": "subgradient", "seeds": "0", "arms": "none,l1"},
        QUICK | {"epochs": 1, "arms": "group_lasso", "seeds": "3", "spared": "first,output"},
    )


# The networks that were raced, in the order of the arms.
NAMES = [
    "none",
    "l1-0.002",
    "group_lasso-0.02",
    "group_lasso-0.05",
    "group_lasso_variance-0.02-0.01",
    "group_lasso_variance-0.05-0.01",
]


def test_every_arm_races_with_every_coefficient(result: Result):
    found = rows(result, "arms")
    told = [
        "-".join([r["arm"], *(f"{r[c]:g}" for c in ("l1", "lasso", "variance") if r[c])])
        for r in found
    ]
    assert told == NAMES * 2
    assert [row["seed"] for row in found] == [0] * 6 + [1] * 6
    assert {row["ended"] for row in found} == {"whole"}


def weights_of(folder: Path, name: str, seed: int) -> dict[str, np.ndarray]:
    """How training left a network."""
    tensors, _ = read_tensors(
        folder / "scratch" / "races" / str(seed) / f"{name}.safetensors", "cpu"
    )
    return {
        key.removeprefix("weights "): value.numpy()
        for key, value in tensors.items()
        if key.startswith("weights ")
    }


def thresholded(folder: Path, name: str, seed: int) -> dict[str, np.ndarray]:
    found = weights_of(folder, name, seed)
    for key, value in found.items():
        if key.endswith("weight"):
            value[np.abs(value) < np.float32(QUICK["threshold"])] = 0
    return found


def alive(weights: dict[str, np.ndarray]) -> dict[str, list[int]]:
    """Of the hidden layers: units with an input and a reader among those that live, in rounds."""
    left = {name: set(range(len(weights[f"{name}.bias"]))) for name in HIDDEN}
    while True:
        before = {name: set(units) for name, units in left.items()}
        for unit in before["fc1"]:
            is_read = any(weights["fc2.weight"][reader, unit] for reader in left["fc2"])
            if not (weights["fc1.weight"][unit].any() and is_read):
                left["fc1"].discard(unit)
        for unit in before["fc2"]:
            is_fed = any(weights["fc2.weight"][unit, source] for source in left["fc1"])
            if not (is_fed and weights["output.weight"][:, unit].any()):
                left["fc2"].discard(unit)
        if left == before:
            return {name: sorted(units) for name, units in left.items()}


def test_rows_are_what_the_weights_come_to(folder: Path, result: Result):
    """Counted again from the weights that training left."""
    died = 0
    for row, name in zip(rows(result, "arms"), NAMES * 2, strict=True):
        weights = thresholded(folder, name, row["seed"])
        layers = [weights[f"{layer}.weight"] for layer in (*HIDDEN, "output")]
        zeros = [float((layer == 0).mean()) for layer in layers]
        assert row["sparsity_mean_of_layers"] == pytest.approx(sum(zeros) / 3)
        of_all = sum((layer == 0).sum() for layer in layers) / sum(layer.size for layer in layers)
        assert row["sparsity_of_all_weights"] == pytest.approx(of_all)
        first, second = (len(units) for units in alive(weights).values())
        assert row["alive_units"] == first + second
        slim = (64 + 1) * first + (first + 1) * second + (second + 1) * 10
        assert row["parameters_slim"] == slim
        died += 400 - row["alive_units"]
    assert died > 100, "choose coefficients with which units die"


def test_accuracies_are_those_of_the_thresholded_weights(folder: Path, result: Result):
    """Of an MLP: what its dead units say is in the biases."""
    for row, name in zip(rows(result, "arms"), NAMES * 2, strict=True):
        data, weights = to_test(row["seed"]), thresholded(folder, name, row["seed"])
        x = data[0].flatten(1).numpy().astype(np.float64)
        for layer in HIDDEN:
            x = np.maximum(x @ weights[f"{layer}.weight"].T + weights[f"{layer}.bias"], 0)
        said = (x @ weights["output.weight"].T + weights["output.bias"]).argmax(axis=1)
        assert row["accuracy"] == pytest.approx(float((said == data[1].numpy()).mean()))


@torch.no_grad()
def test_what_is_given_away_is_what_was_measured(folder: Path, result: Result):
    """A slimmed network of each entrant, of the first seed."""
    x, y = to_test(0)
    found = {row["name"]: row for row in named(result) if row["seed"] == 0}
    described = sorted((folder / "artifacts").glob("*.json"))
    assert [path.stem for path in described] == sorted(NAMES)
    setup = setup_of()
    data = setup.splits(0)
    for path in described:
        lean, row = rebuild(path, path.with_suffix(".safetensors")), found[path.stem]
        logits = lean(x)
        assert float((logits.argmax(1) == y).double().mean()) == pytest.approx(row["accuracy"])
        sizes = [parameter.numel() for parameter in lean.parameters()]
        assert sum(sizes) == row["parameters_slim"]
        left = sum(int(parameter.count_nonzero()) for parameter in lean.parameters())
        assert left == row["nonzero_parameters"]
        network = setup.untrained(0)
        weights = weights_of(folder, path.stem, 0)
        network.load_state_dict({name: torch.from_numpy(each) for name, each in weights.items()})
        settled, _ = measuring.slimmed(setup, network, data)
        torch.testing.assert_close(logits, settled.network(x), rtol=1e-4, atol=1e-5)
        told = json.loads(path.read_text())
        assert told["measures"]["test_accuracy"] == row["accuracy"]
        assert told["sparsity"] == row["sparsity_of_all_weights"]
    paths = {artifact.path for artifact in result.artifacts}
    assert paths == {f"{name}.{suffix}" for name in NAMES for suffix in ("json", "safetensors")}


def named(result: Result) -> list[dict[str, Any]]:
    found = rows(result, "arms")
    return [{**row, "name": name} for row, name in zip(found, NAMES * 2, strict=True)]


def test_means_are_over_the_seeds(result: Result):
    every = named(result)
    for row, name in zip(rows(result, "summary"), NAMES, strict=True):
        of = [each for each in every if each["name"] == name]
        assert row["seeds"] == len(of) == 2
        assert row["sd"] == pytest.approx(np.std([each["accuracy"] for each in of], ddof=1))
        for column in ("accuracy", "alive_units", "parameters_slim", "sparsity_of_all_weights"):
            assert row[column] == pytest.approx(np.mean([each[column] for each in of]))


def test_an_arm_is_read_at_a_moment_of_all_seeds_at_which_enough_is_zero(result: Result):
    found = rows(result, "levels")
    assert found
    for row in found:
        name = " ".join(
            [row["arm"], *(f"{row[c]:g}" for c in ("l1", "lasso", "variance") if row[c])]
        )
        accuracies, sparsities = (
            result.series[f"along/{kind}/{name}"] for kind in ("accuracy", "weights")
        )
        reached = {
            seed: [
                y
                for y, x, own in zip(
                    accuracies.y, sparsities.y, accuracies.labels["seed"], strict=True
                )
                if own == seed and x >= row["sparsity"]
            ]
            for seed in (0, 1)
        }
        assert all(reached.values())
        best, worst = (np.mean([pick(each) for each in reached.values()]) for pick in (max, min))
        assert worst - 1e-9 <= row["accuracy"] <= best + 1e-9


def test_nothing_that_is_told_is_no_number(result: Result):
    check_numbers(result)


def test_moments_are_where_they_are_asked_for(tmp_path: Path):
    result = done(tmp_path, steps=10, evaluate_every=4, seeds="0", arms="none,l1")
    for name in ("none", "l1 0.002"):
        for kind in ("accuracy", "weights", "layer_mean", "nonzero", "cross_entropy"):
            assert result.series[f"along/{kind}/{name}"].x == [0, 4, 8, 10]
        assert [frame.at for frame in result.frames[f"units/{name}"]] == [0, 4, 8, 10]
    assert config_of(steps=10, evaluate_every=4).moments == [0, 4, 8, 10]
    assert config_of(steps=8, evaluate_every=4).moments == [0, 4, 8]
    assert {row["step"] for row in rows(result, "layers")} == {0, 4, 8, 10}


def test_training_ends_with_the_step_that_is_named(tmp_path: Path):
    """In the middle of the second epoch, as a longer training is there."""
    for name in ("short", "long"):
        (tmp_path / name).mkdir()
    arms = {"seeds": "0", "lasso": "0.05"}
    short = done(tmp_path / "short", steps=9, **arms)
    long = done(tmp_path / "long", steps=12, evaluate_every=9, **arms)
    for name in ("none", "l1 0.002", "group_lasso_variance 0.05 0.01"):
        mine = {frame.at: frame for frame in short.frames[f"units/{name}"]}
        its = {frame.at: frame for frame in long.frames[f"units/{name}"]}
        assert (set(mine), set(its)) == ({0, 6, 9}, {0, 9, 12})
        assert mine[9] == its[9]
        assert its[9] != its[12]


def test_the_terms_of_the_loss_are_told_by_penalty(result: Result):
    found = {
        name.removeprefix("along/term/"): set(series.labels["penalty"])
        for name, series in result.series.items()
        if name.startswith("along/term/")
    }
    assert found == {
        "l1 0.002": {"l1"},
        "group_lasso 0.02": {"group_lasso_proximal"},
        "group_lasso 0.05": {"group_lasso_proximal"},
        "group_lasso_variance 0.02 0.01": {"group_lasso_proximal", "group_variance"},
        "group_lasso_variance 0.05 0.01": {"group_lasso_proximal", "group_variance"},
    }


def test_layers_are_told_of_the_first_seed_at_every_moment(folder: Path, result: Result):
    found = [row for row in rows(result, "layers") if row["entrant"] == "group_lasso 0.05"]
    assert [row["step"] for row in found[::3]] == config_of().moments
    weights = thresholded(folder, "group_lasso-0.05", 0)
    for row in found[-3:]:
        layer = weights[f"{row['layer']}.weight"]
        assert row["alive"] == int(layer.any(axis=1).sum())
        assert row["share"] == pytest.approx(row["alive"] / row["units"])
        assert row["zeros"] == pytest.approx(float((layer == 0).mean()))
    assert LAYERS.key == ("entrant", "step", "layer")


def test_entrants_of_a_seed_begin_alike(result: Result):
    for seed in (0, 1):
        starts = {
            next(
                y
                for x, y, own in zip(series.x, series.y, series.labels["seed"], strict=True)
                if (x, own) == (0, seed)
            )
            for name, series in result.series.items()
            if name.startswith("along/cross_entropy/")
        }
        assert len(starts) == 1
