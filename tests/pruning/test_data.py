"""Datasets: the common suite, and the published generators."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_circles, make_moons

from pruning.data.base import datasets
from tests.pruning.checks import check_dataset


@pytest.mark.parametrize("name", datasets.names())
def test_every_dataset_passes_the_common_suite(name: str):
    check_dataset(name)


def test_the_published_datasets_and_others_are_there():
    assert {"moon", "circle", "mult", "xor", "blobs", "spiral"} <= set(datasets.names())


def test_without_noise_moon_is_that_of_scikit_learn():
    x, y = datasets["moon"].sample(50, 0, 0)
    expected_x, expected_y = make_moons(100, shuffle=False)
    np.testing.assert_allclose(x, expected_x, atol=1e-6)
    np.testing.assert_array_equal(y, expected_y)


def test_without_noise_circle_is_that_of_scikit_learn():
    x, y = datasets["circle"].sample(50, 0, 0)
    expected_x, expected_y = make_circles(100, shuffle=False, factor=0.3)
    np.testing.assert_allclose(x, expected_x, atol=1e-6)
    np.testing.assert_array_equal(y, expected_y)


@pytest.mark.parametrize("name", ["moon", "circle", "spiral", "xor", "blobs"])
def test_noise_is_a_standard_deviation(name: str):
    calm, noisy = (datasets[name].sample(4000, noise, 7)[0] for noise in (0.0, 0.25))
    assert np.std(noisy - calm, axis=0) == pytest.approx([0.25, 0.25], rel=0.05)


def test_an_arm_of_mult_turns_by_four_radians_and_noise_turns_it_further():
    x, y = datasets["mult"].sample(100, 0, 0)
    for arm in range(4):
        radius, angle = np.linspace(0, 1, 100), np.linspace(4 * arm, 4 * (arm + 1), 100)
        expected = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
        np.testing.assert_allclose(x[y == arm], expected, atol=1e-6)
    noisy = datasets["mult"].sample(100, 0.2, 0)[0]
    np.testing.assert_allclose(np.hypot(*noisy.T), np.hypot(*x.T), atol=1e-6)


def test_mult_with_one_point_per_class_lies_at_the_origin_as_published():
    assert not datasets["mult"].sample(1, 0.2, 0)[0].any()


def test_xor_gives_opposite_corners_one_class():
    x, y = datasets["xor"].sample(500, 0, 0)
    np.testing.assert_array_equal(x.prod(axis=1) < 0, y == 1)
    corners = np.sign(x).astype(int)
    assert len(np.unique(corners, axis=0)) == 4
