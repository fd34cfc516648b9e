"""Histograms, filters, confusion and flips: what is drawn is what is there."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from pruning.experiments.sweep.pictures import (
    MOST_FLIPS,
    confusion,
    filters,
    flips,
    histograms,
    largest,
)
from tests.pruning.checks import generator

SHAPE = (1, 4, 4)


def network(seed: int = 0) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(1, 5, 3),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(20, 7),
            nn.ReLU(),
            nn.Linear(7, 3),
        )


def image_of(frame) -> np.ndarray:
    return frame.arrays["image"].numpy()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_histograms_count_every_weight_that_is_left(seed: int):
    drawn = network(seed)
    ends = largest(drawn)
    with torch.no_grad():
        drawn[0].weight[2] = 0
        drawn[3].weight[:, :5] = 0
    counts = {f.name: f.arrays["y"].numpy().sum() for f in histograms("a", drawn, 0.5, ends)}
    assert counts["weights/a/0"] == 4 * 9
    assert counts["units/a/0"] == 4
    assert counts["weights/a/3"] == 7 * 15
    assert counts["units/a/3"] == 7


def test_histograms_share_their_bins_at_all_sparsities():
    drawn = network()
    ends = largest(drawn)
    before = {frame.name: frame.arrays["x"] for frame in histograms("a", drawn, 0.0, ends)}
    with torch.no_grad():
        drawn[0].weight *= 3
    for frame in histograms("a", drawn, 0.5, ends):
        assert frame.arrays["x"] == before[frame.name]
    assert before["weights/a/0"].numpy().shape == (300,)
    assert before["units/a/0"].numpy().shape == (100,)


def test_a_filter_that_is_gone_has_faded_and_no_other():
    drawn = network()
    mask = torch.ones(5, 1, 3, 3, dtype=torch.bool)
    mask[1] = False
    whole = image_of(filters("a", drawn, {}, SHAPE, 0)).astype(int)
    faded = image_of(filters("a", drawn, {"0.weight": mask}, SHAPE, 0.2)).astype(int)
    changed = np.abs(whole - faded)
    side = (whole.shape[1] + 1) // 3
    assert changed[: side - 1, side : 2 * side - 1].max() > 50
    changed[: side - 1, side : 2 * side - 1] = 0
    assert changed.max() == 0
    assert np.abs(faded[: side - 1, side : 2 * side - 1] - 127).max() <= 41


def test_a_dense_layers_weights_are_drawn_as_images():
    dense = nn.Sequential(nn.Flatten(), nn.Linear(16, 9))
    assert image_of(filters("a", dense, {}, SHAPE, 0)).shape == (3 * 9 - 1, 3 * 9 - 1)


def test_confusion_counts_pairs():
    draws = generator(0)
    truth, predicted = (torch.randint(4, (200,), generator=draws).numpy() for _ in range(2))
    counts = confusion("a", truth, predicted, 4, 0.5).arrays["counts"].numpy()
    assert counts.sum() == 200
    for true in range(4):
        for taken in range(4):
            assert counts[true, taken] == ((truth == true) & (predicted == taken)).sum()


def test_flips_are_those_that_went_from_right_to_wrong():
    images = np.arange(6, dtype=np.uint8)[:, None, None, None] * np.ones((1, 1, 8, 8), np.uint8)
    truth = np.array([0, 1, 2, 0, 1, 2])
    before = np.array([0, 1, 2, 1, 1, 2])
    after = np.array([0, 2, 2, 2, 0, 2])
    frame = flips("a", images, truth, before, after, 0.5)
    assert frame.arrays["true"].numpy().tolist() == [1, 1]
    assert frame.arrays["after"].numpy().tolist() == [2, 0]
    picture = image_of(frame)
    assert set(np.unique(picture)) == {1, 4, 255}, "the two images, and the lines between places"


def test_no_flips_are_an_empty_picture_and_many_are_cut():
    same = np.zeros(100, int)
    images = np.zeros((100, 3, 4, 4), np.uint8)
    assert image_of(flips("a", images, same, same, same, 0)).shape == (0, 0)
    frame = flips("a", images, same, same, same + 1, 0)
    assert len(frame.arrays["true"].numpy()) == MOST_FLIPS
