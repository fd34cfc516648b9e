"""A network of dense layers under a mask, in plain numpy and double precision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pruning.events import Result

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Mask:
    """Units by their numbers, and connections as (layer, from, to)."""

    units: Sequence[int] = ()
    cuts: Sequence[tuple[int, int, int]] = ()

    def to_json(self, units: int) -> dict[str, Any]:
        removed = [int(unit in self.units) for unit in range(units)]
        return {"removed": removed, "cuts": [".".join(map(str, cut)) for cut in self.cuts]}


@dataclass(frozen=True)
class Network:
    """Weights with a row for each output, and biases, from the input on."""

    weights: list[Floats]
    biases: list[Floats]
    widths: list[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", [len(bias) for bias in self.biases[:-1]])

    def forward(self, x: Floats, mask: Mask) -> tuple[list[Floats], Floats]:
        """What each layer's units hand on, whoever hears them, and the logits."""
        weights = [weight.copy() for weight in self.weights]
        for layer, source, target in mask.cuts:
            weights[layer][target, source] = 0
        values, outputs, start = x, [], 0
        for index, width in enumerate(self.widths):
            values = values @ weights[index].T + self.biases[index]
            if index < len(self.widths) - 1 or len(self.widths) == 1:
                values = np.maximum(values, 0)
            outputs.append(values)
            values = values.copy()
            values[:, [u - start for u in mask.units if start <= u < start + width]] = 0
            start += width
        return outputs, values @ weights[-1].T + self.biases[-1]

    def accuracy(self, x: Floats, labels: Labels, mask: Mask) -> float:
        return float((self.forward(x, mask)[1].argmax(axis=1) == labels).mean())


def network_in(result: Result) -> Network:
    """The network that a toy run has told."""
    arrays = result.frames["network"][0].arrays
    layers = range(len(arrays) // 2)
    return Network(
        [arrays[f"weight_{i}"].numpy().astype(np.float64) for i in layers],
        [arrays[f"bias_{i}"].numpy().astype(np.float64) for i in layers],
    )


def points_in(result: Result, name: str) -> tuple[Floats, Labels]:
    """A set of points that a toy run has told."""
    arrays = result.frames[f"points/{name}"][0].arrays
    x = np.stack([arrays[axis].numpy() for axis in ("x", "y")], axis=1)
    return x.astype(np.float64), arrays["class"].numpy().astype(np.int64)


def order_in(result: Result, criterion: str) -> list[int]:
    """The units in the order in which a criterion removes them."""
    ranks: Iterable[int] = result.frames[f"scores/{criterion}"][0].arrays["rank"].numpy()
    return np.argsort(ranks).tolist()
