"""Colours that mean something can be told apart, also by people who see fewer colours."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from frontend.figures.colours import (
    SYMBOLS,
    apart_colour,
    class_colour,
    class_scale,
    region_scale,
    variant_colour,
    variant_symbol,
)
from pruning.criteria.base import criteria
from pruning.data.base import datasets
from pruning.experiments.outputs import Variant

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


def criterion_colour(name: str) -> str:
    return variant_colour(Variant("criterion", name, name))


def criterion_symbol(name: str) -> str:
    return variant_symbol(Variant("criterion", name, name))


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
        assert distance > 11, (one, other)
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


def ciede2000(one: np.ndarray, other: np.ndarray) -> float:
    """The difference of two colours in CIELAB as people see it (Sharma, Wu, Dalal, 2005)."""
    mean_chroma = (np.hypot(*one[1:]) + np.hypot(*other[1:])) / 2
    stretch = 1 + 0.5 * (1 - np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25**7)))
    (l1, a1, b1), (l2, a2, b2) = one, other
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, stretch * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    lightness, chroma, hue = (l1 + l2) / 2, (c1 + c2) / 2, (h1 + h2) / 2
    turn = h2 - h1
    if c1 * c2 == 0:
        turn, hue = 0.0, h1 + h2
    elif abs(turn) > 180:
        turn += 360 if turn < 0 else -360
        hue += 180 if hue < 180 else -180
    cosine = [
        np.cos(np.radians(k * hue - shift)) for k, shift in ((1, 30), (2, 0), (3, -6), (4, 63))
    ]
    weight = 1 + np.dot([-0.17, 0.24, 0.32, -0.20], cosine)
    off = (lightness - 50) ** 2
    dl = (l2 - l1) / (1 + 0.015 * off / np.sqrt(20 + off))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * weight)
    bend = np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25**7)) * np.sin(bend)
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + rotation * dc * dh))


# Sharma, Wu, Dalal: The CIEDE2000 Color-Difference Formula, Color Research and Application 30(1),
# 2005, of table 1.
SHARMA = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 2.8361, -74.0200), (50, 0, -82.7485), 3.4412),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0010), 7.1792),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0011), 7.2195),
    ((50, -0.0010, 2.4900), (50, 0.0011, -2.4900), 4.7461),
    ((50, 2.5000, 0), (50, 0, -2.5000), 4.3065),
    ((50, 2.5000, 0), (61, -5, 29), 22.8977),
    ((50, 2.5000, 0), (58, 24, 15), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "difference"), SHARMA)
def test_differences_are_those_that_were_published(one, other, difference):
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(difference, abs=5e-5)
    assert ciede2000(np.array(other), np.array(one)) == pytest.approx(difference, abs=5e-5)


@pytest.fixture
def fifty(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Variant]]:
    """Fifty variants of a kind that is known beforehand, and of one that nobody knows."""
    for i in range(50 - len(criteria.names())):
        plugged = replace(criteria["lrp"], name=f"plugged {i}")
        monkeypatch.setitem(criteria._entries, plugged.name, plugged)
    return {
        "criterion": [Variant("criterion", name, name) for name in criteria.names()],
        "mask": [Variant("mask", f"mask {i}", "A mask") for i in range(50)],
    }


@pytest.mark.parametrize("kind", ["criterion", "mask"])
def test_any_two_of_fifty_variants_differ_in_symbol_or_visibly_in_colour(fifty, kind):
    for one, other in combinations(fifty[kind], 2):
        if variant_symbol(one) == variant_symbol(other):
            apart = ciede2000(*(lab(variant_colour(each), "all cones") for each in (one, other)))
            assert apart >= 10, (one, other)


def luminance(colour: str) -> float:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """That of the Web Content Accessibility Guidelines."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("page", ["#ffffff", "#171b23"])
@pytest.mark.parametrize("kind", ["criterion", "mask"])
def test_further_variants_stand_out_as_much_as_the_palette(fifty, kind, page):
    palette = min(contrast(criterion_colour(name), page) for name in criteria.names()[:17])
    assert all(contrast(variant_colour(each), page) >= palette for each in fifty[kind])


def test_criteria_keep_the_looks_that_they_have_always_had():
    looks = {name: (criterion_colour(name), criterion_symbol(name)) for name in ("grad", "lrp")}
    assert looks == {"grad": ("#CC79A7", "circle"), "lrp": ("#56B4E9", "cross")}
    assert (criterion_colour("bn_scale"), criterion_symbol("bn_scale")) == (
        *("#3054D8", "star-diamond"),
    )


def test_a_variant_keeps_its_looks_when_others_come():
    arms = [Variant("arm that comes first", f"{i}", "") for i in range(5)]
    before = [(variant_colour(each), variant_symbol(each)) for each in arms]
    for i in range(100):
        variant_colour(Variant("arm that comes first", f"other {i}", ""))
    assert [(variant_colour(each), variant_symbol(each)) for each in arms] == before


def test_there_are_colours_for_as_many_runs_as_one_likes():
    assert len({apart_colour(i) for i in range(24)}) == 24
    assert apart_colour(1000).startswith("#")


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
