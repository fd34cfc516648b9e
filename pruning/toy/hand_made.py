"""What is left of a toy network under a mask that somebody made by hand, from what its run told.

As ``frontend/assets/network/evaluator.js`` has it in the page. It needs no torch: where several
runs are compared, servers ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pruning.events import Array, Event, Frame, Point, Result

Floats = npt.NDArray[np.float32]
# Points of a curve, evenly along the way to the mask.
CURVE_POINTS = 30
_SETS = ("train", "test")


@dataclass(frozen=True)
class HandMadeMask:
    """Units, counted through all hidden layers, in the order in which they went; and connections.

    Attributes
    ----------
    connections
        Each as (layer, from, to); layer 0 leads from the inputs to the first hidden layer.
    """

    units: Sequence[int]
    connections: Sequence[Sequence[int]] = ()


@dataclass(frozen=True)
class ToldNetwork:
    """Weights with a row for each output, and biases, from the input on."""

    weights: Sequence[Floats]
    biases: Sequence[Floats]

    @classmethod
    def of(cls, result: Result) -> ToldNetwork | None:
        """The network that a run has told; None while it has not, or never will."""
        if "network" not in result.frames:
            return None
        arrays = result.frames["network"][0].arrays
        layers = range(len(arrays) // 2)
        told = [[_floats(arrays[f"{kind}_{i}"]) for i in layers] for kind in ("weight", "bias")]
        return cls(*told)

    @property
    def units(self) -> int:
        """How many hidden units there are."""
        return sum(map(len, self.biases[:-1]))

    def logits(self, x: Floats, mask: HandMadeMask) -> Floats:
        """The logits, shape ``(n, classes)``, at the points ``x``, shape ``(n, inputs)``."""
        values, last = x, len(self.weights) - 1
        bounds = pairwise(np.cumsum([0, *map(len, self.biases)]))
        for layer, (start, end) in enumerate(bounds):
            values = values @ self._cut(layer, mask).T + self.biases[layer]
            if layer == last:
                break
            if layer < last - 1 or last == 1:
                np.maximum(values, 0, out=values)
            values[:, [unit - start for unit in mask.units if start <= unit < end]] = 0
        return values

    def _cut(self, layer: int, mask: HandMadeMask) -> Floats:
        gone = [(to, source) for index, source, to in mask.connections if index == layer]
        if not gone:
            return self.weights[layer]
        weight = self.weights[layer].copy()
        weight[tuple(zip(*gone, strict=True))] = 0
        return weight


def told_of(name: str, mask: HandMadeMask, result: Result) -> Iterator[Event]:
    """What a run would have told of a mask, had it been one of its own.

    Points of ``accuracy/NAME``, from nothing removed to the whole mask, and of ``left/NAME``, the
    whole mask alone; the frame ``boundary/NAME``. Nothing while the run has told no network.
    """
    network = ToldNetwork.of(result)
    if network is None:
        return
    known = {each: _labelled(result, each) for each in _SETS}
    steps = np.unique(np.linspace(0, len(mask.units), CURVE_POINTS).round().astype(int))
    for step in map(int, steps):
        is_whole = step == len(mask.units)
        way = mask if is_whole else HandMadeMask(mask.units[:step])
        for scenario, (x, labels) in known.items():
            accuracy = float((network.logits(x, way).argmax(axis=1) == labels).mean())
            told = {"scenario": scenario}
            yield Point(series=f"accuracy/{name}", x=step / network.units, y=accuracy, labels=told)
            if is_whole:
                yield Point(series=f"left/{name}", x=0, y=accuracy, labels=told)
    yield _boundary(f"boundary/{name}", network, mask, result)


def _boundary(name: str, network: ToldNetwork, mask: HandMadeMask, result: Result) -> Frame:
    axes = result.frames["grid"][0].arrays
    x, y = _floats(axes["x"]), _floats(axes["y"])
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    references, _ = _labelled(result, "reference")
    shape = (len(y), len(x))
    on_grid = _decisions(network.logits(grid, mask), "", shape)
    on_references = _decisions(network.logits(references, mask), "reference_", (-1,))
    return Frame(name=name, arrays={**on_grid, **on_references})


def _decisions(logits: Floats, prefix: str, shape: tuple[int, ...]) -> dict[str, Array]:
    """Each point's most probable class and that probability in percent."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    confidence = 100 / odds.sum(axis=1)
    return {
        f"{prefix}class": Array.of(logits.argmax(axis=1).reshape(shape), "u1"),
        f"{prefix}confidence": Array.of(confidence.reshape(shape), "u1"),
    }


def _labelled(result: Result, name: str) -> tuple[Floats, npt.NDArray[np.uint8]]:
    arrays: Mapping[str, Array] = result.frames[f"points/{name}"][0].arrays
    return np.stack([_floats(arrays["x"]), _floats(arrays["y"])], axis=1), arrays["class"].numpy()


def _floats(array: Array) -> Floats:
    return array.numpy().astype(np.float32)
