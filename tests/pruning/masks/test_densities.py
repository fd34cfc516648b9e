"""Densities of layers, against a slow search for the one scale that fits."""

from __future__ import annotations

from math import prod

import pytest

from pruning.masks.densities import erk_densities

SHAPES = {
    "lenet-300-100": {"fc1": (300, 784), "fc2": (100, 300), "output": (10, 100)},
    "convolutions": {
        "conv1": (16, 3, 3, 3),
        "conv2": (64, 16, 5, 5),
        "pointwise": (32, 64, 1, 1),
        "fc": (10, 512),
    },
    "one": {"fc": (20, 30)},
}
SPARSITIES = [0.0, 0.1, 0.5, 0.8, 0.9, 0.98, 0.999]


def kernel_density(shape: tuple[int, ...]) -> float:
    """(in + out + height + width) / (in · out · height · width), dense layers without kernels."""
    if len(shape) == 2:
        out, into = shape
        return (into + out) / (into * out)
    out, into, height, width = shape
    return (into + out + height + width) / (into * out * height * width)


def searched(shapes: dict[str, tuple[int, ...]], sparsity: float) -> dict[str, float]:
    """The scale at which densities, cut off at 1, add up: found by halving an interval."""
    total = sum(map(prod, shapes.values()))

    def densities(scale: float) -> dict[str, float]:
        return {name: min(1.0, scale * kernel_density(shape)) for name, shape in shapes.items()}

    low, high = 0.0, 1e9
    for _ in range(300):
        middle = (low + high) / 2
        kept = sum(density * prod(shapes[n]) for n, density in densities(middle).items())
        low, high = (middle, high) if kept < (1 - sparsity) * total else (low, middle)
    return densities(high)


@pytest.mark.parametrize("name", list(SHAPES))
@pytest.mark.parametrize("sparsity", SPARSITIES)
def test_densities_are_those_of_the_paper(name: str, sparsity: float):
    shapes = SHAPES[name]
    found = erk_densities(shapes, sparsity)
    assert found == pytest.approx(searched(shapes, sparsity), rel=1e-6)
    kept = sum(density * prod(shapes[layer]) for layer, density in found.items())
    assert kept == pytest.approx((1 - sparsity) * sum(map(prod, shapes.values())))


def test_small_layers_stay_denser():
    found = erk_densities(SHAPES["lenet-300-100"], 0.9)
    assert found["output"] == 1 > found["fc2"] > found["fc1"]
