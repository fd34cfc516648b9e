"""Colours that mean something can be told apart, also by people who see fewer colours."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from frontend.figures.colours import (
    SYMBOLS,
    class_colour,
    class_scale,
    criterion_colour,
    criterion_symbol,
    region_scale,
)
from pruning.criteria.base import criteria
from pruning.data.base import datasets

# Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision
# Deficiency, IEEE TVCG 15(6), 2009; full severity, for linear RGB.
EYES = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
CLASSES = max(dataset.classes for dataset in datasets)


def lab(colour: str, eyes: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    x, y, z = TO_XYZ @ np.clip(EYES[eyes] @ linear, 0, 1) / np.array([0.95047, 1, 1.08883])
    fx, fy, fz = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


@pytest.mark.parametrize("eyes", EYES)
def test_classes_differ_for_everyone(eyes):
    for one, other in combinations(range(CLASSES), 2):
        distance = np.linalg.norm(lab(class_colour(one), eyes) - lab(class_colour(other), eyes))
        assert distance > 25, (one, other)


@pytest.mark.parametrize("eyes", EYES)
def test_criteria_differ_for_everyone_by_colour_and_all_the_more_by_symbol(eyes):
    for one, other in combinations(criteria.names(), 2):
        distance = np.linalg.norm(
            lab(criterion_colour(one), eyes) - lab(criterion_colour(other), eyes)
        )
        assert distance > 15, (one, other)
        assert criterion_symbol(one) != criterion_symbol(other)


def test_a_criterion_is_never_mistaken_for_a_class():
    classes = {class_colour(i) for i in range(6)}
    assert classes.isdisjoint(criterion_colour(name) for name in criteria.names())


@pytest.mark.parametrize("page", ["#ffffff", "#171b23"])
def test_criteria_can_be_seen_on_a_light_and_on_a_dark_page(page: str):
    for name in criteria.names():
        seen = abs(lab(criterion_colour(name), "all cones")[0] - lab(page, "all cones")[0])
        assert seen > 20, name


def test_a_plug_in_takes_a_colour_and_a_symbol_that_nobody_has(monkeypatch: pytest.MonkeyPatch):
    shipped = criteria.names()
    monkeypatch.setitem(criteria._entries, "plugged", replace(criteria["lrp"], name="plugged"))
    assert criterion_colour("plugged") not in map(criterion_colour, shipped)
    assert criterion_symbol("plugged") not in map(criterion_symbol, shipped)


@pytest.mark.parametrize("classes", [2, 4])
def test_regions_have_one_hue_per_class_and_fade_with_confidence(classes):
    scale = region_scale(classes)
    places = [place for place, _ in scale]
    assert places[0] == 0
    assert places[-1] == 1
    assert places == sorted(places)
    alphas = [float(colour.rstrip(")").split(",")[3]) for _, colour in scale]
    assert alphas[0] < alphas[1] < alphas[2]


def test_points_have_flat_colours():
    assert class_scale(2) == [
        (0.0, class_colour(0)),
        (0.5, class_colour(0)),
        (0.5, class_colour(1)),
        (1.0, class_colour(1)),
    ]


def test_there_is_a_symbol_for_every_class():
    assert len(SYMBOLS) >= CLASSES
