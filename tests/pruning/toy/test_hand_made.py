"""What is left of a told network under a mask, against torch on the very network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pruning.context import Context
from pruning.events import Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.toy.hand_made import HandMadeMask, ToldNetwork, told_of
from tests.browser.network_reference import Mask, network_in, points_in

SHAPES = [[7], [6, 5], [8, 7, 6], [5, 4, 6, 3]]


def told(hidden: list[int], folder: Path) -> Result:
    config = experiments["toy"].config.model_validate(
        {"dataset": "mult", "hidden": hidden, "criteria": ["weight"], "grid": 20, "sparsities": "0"}
    )
    return fold(execute(experiments["toy"], config, Context(folder)))


@pytest.fixture(scope="module", params=SHAPES, ids=str)
def result(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Result:
    return told(request.param, tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("seed", range(4))
def test_accuracies_and_boundary_are_those_of_the_network_without_what_is_gone(
    result: Result, seed: int
):
    random = np.random.default_rng(seed)
    network = ToldNetwork.of(result)
    assert network
    sizes = [2, *map(len, network.biases)]
    units = random.permutation(network.units)[: random.integers(network.units)].tolist()
    layers = random.integers(len(network.weights), size=5)
    cuts = {
        (int(i), int(random.integers(sizes[i])), int(random.integers(sizes[i + 1]))) for i in layers
    }
    mask, own = HandMadeMask(units, sorted(cuts)), Mask(units, sorted(cuts))
    beside = fold(told_of("mask-a", mask, result))
    reference = network_in(result)
    for scenario in ("train", "test"):
        points = points_in(result, scenario)
        left = beside.series["left/mask-a"]
        accuracy = left.y[left.labels["scenario"].index(scenario)]
        assert accuracy == pytest.approx(reference.accuracy(*points, own), abs=2 / len(points[1]))
    (frame,) = beside.frames["boundary/mask-a"]
    axes = result.frames["grid"][0].arrays
    x, y = axes["x"].numpy(), axes["y"].numpy()
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(np.float64)
    logits = torch.from_numpy(reference.forward(grid, own)[1])
    best = logits.topk(2, dim=1).values
    sure = (best[:, 0] - best[:, 1] > 1e-3 * logits.abs().amax(dim=1)).numpy()
    found = frame.arrays["class"].numpy().reshape(-1)
    assert (found == logits.argmax(dim=1).numpy())[sure].all()
    confidence = 100 * logits.softmax(dim=1).amax(dim=1).numpy()
    assert np.abs(frame.arrays["confidence"].numpy().reshape(-1) - confidence).max() < 1.1


def test_the_way_to_a_mask_goes_unit_by_unit_and_ends_with_its_connections(tmp_path: Path):
    result = told([8, 7, 6], tmp_path)
    units, cuts = [3, 12, 20, 1], [(1, 2, 3)]
    beside = fold(told_of("m", HandMadeMask(units, cuts), result)).series["accuracy/m"]
    test = [i for i, name in enumerate(beside.labels["scenario"]) if name == "test"]
    assert [beside.x[i] for i in test] == pytest.approx([step / 21 for step in range(5)])
    network, points = network_in(result), points_in(result, "test")
    ways = [Mask(units[:step], cuts if step == 4 else []) for step in range(5)]
    wanted = [network.accuracy(*points, way) for way in ways]
    assert [beside.y[i] for i in test] == pytest.approx(wanted, abs=2e-3)


def test_a_run_that_told_no_network_says_nothing_of_masks():
    assert list(told_of("m", HandMadeMask([1]), Result())) == []
