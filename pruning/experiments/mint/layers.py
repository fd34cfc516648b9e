"""Which layers tell each other something, and what they say of some images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx, nn

from pruning.context import CannotRunError, Context
from pruning.evaluation.batches import ImageSet
from pruning.structure.hooks import values_at
from pruning.structure.tracing import handed_on, layer_nodes, traced
from pruning.structure.units import layers_of

INPUT = "input"
# How many images go through the network at once.
_BATCH = 250

Activations = NDArray[np.float32]


@dataclass(frozen=True)
class Pair:
    """A layer, and what it reads.

    What it reads are its inputs as they come: behind activation functions and pooling, and of a
    residual sum the sum. So such a sum is one parent, whatever layers write to it, and the weights
    of a block are those between a group of its channels and a group of the layer's filters.

    Attributes
    ----------
    layer
        The name of the layer, whose units are the children.
    reads
        The layers whose units it reads, or ``input``.
    children, parents
        How many units there are on both sides.
    """

    layer: str
    reads: tuple[str, ...]
    children: int
    parents: int


@dataclass(frozen=True)
class Layers:
    """The pairs of a network, in the order of the forward pass."""

    network: nn.Module

    @cached_property
    def pairs(self) -> list[Pair]:
        """Every layer with what it reads; convolutions in groups are left out."""
        layers = layers_of(self.network)
        return [
            Pair(
                str(node.target),
                tuple(dict.fromkeys(_written_by(node.all_input_nodes, set(self._nodes)))),
                *layers[str(node.target)].weight.shape[:2],
            )
            for node in self._nodes
        ]

    @cached_property
    def in_groups(self) -> list[str]:
        """Convolutions in groups, whose filters do not read all units."""
        return [name for name, layer in layers_of(self.network).items() if _is_in_groups(layer)]

    def activations(
        self, layer: str, images: ImageSet, context: Context
    ) -> tuple[Activations, Activations]:
        """What a layer reads and what it hands on, per image and unit, averaged over pixels.

        What it hands on is told behind its batch norm and activation function, as
        :func:`pruning.structure.tracing.handed_on` finds them.

        Returns
        -------
        tuple
            Shapes ``(images, parents)`` and ``(images, children)``.
        """
        node = next(node for node in self._nodes if node.target == layer)
        watched = [node.all_input_nodes[0], handed_on(self._graph, node)]
        found: list[list[Tensor]] = [[], []]
        for start in range(0, len(images), _BATCH):
            context.check()
            x, _ = images.batch(slice(start, start + _BATCH))
            for kept, values in zip(found, values_at(self._graph, watched, x), strict=True):
                kept.append(_of_units(values).cpu())
        above, below = (torch.cat(values).numpy() for values in found)
        return above, below

    @cached_property
    def _graph(self) -> fx.GraphModule:
        try:
            return traced(self.network.eval())
        except ValueError as error:
            raise CannotRunError(f"{error}; choose another model") from error

    @cached_property
    def _nodes(self) -> list[fx.Node]:
        layers = [n for n, layer in layers_of(self.network).items() if not _is_in_groups(layer)]
        try:
            nodes = layer_nodes(self._graph, layers)
        except ValueError as error:
            raise CannotRunError(f"{error}; choose another model") from error
        order = list(self._graph.graph.nodes)
        return sorted(nodes, key=order.index)


def _is_in_groups(layer: nn.Module) -> bool:
    return isinstance(layer, nn.Conv2d) and layer.groups > 1


def _written_by(nodes: Sequence[fx.Node], layers: set[fx.Node]) -> list[str]:
    """The layers from which values come to these nodes without passing through another layer."""
    found: list[str] = []
    seen: set[fx.Node] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop(0)
        if node in seen:
            continue
        seen.add(node)
        if node in layers:
            found.append(str(node.target))
        elif node.op == "placeholder":
            found.append(INPUT)
        else:
            waiting += node.all_input_nodes
    return found


def _of_units(values: Tensor) -> Tensor:
    """One value per image and unit."""
    return values.flatten(2).mean(dim=2) if values.ndim > 2 else values
