"""Sets of reference samples as a network sees them.

Samples do not see each other, so those of many sets go through the network together; a criterion
adds up each set's own samples at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from pruning.toy.mlp import MLP


class ReferenceSamples:
    """What criteria look at; what several of them need is computed once, when first asked for.

    Parameters
    ----------
    network
        In eval mode; it is left as it was.
    x
        The points of every set, shape ``(sets, n, inputs)``.
    y
        Their classes, shape ``(sets, n)``.
    seeds
        One per set, for criteria that draw.
    """

    def __init__(self, network: MLP, x: Tensor, y: Tensor, seeds: Sequence[int]) -> None:
        self.network = network
        self.x = x
        self.y = y
        self._seeds = seeds

    @property
    def generators(self) -> list[torch.Generator]:
        """Fresh generators, one per set: no score depends on the sets or criteria beside it."""
        return [torch.Generator().manual_seed(seed) for seed in self._seeds]

    @property
    def activations(self) -> list[Tensor]:
        """The pre-activations of each hidden layer, each of shape ``(sets, n, units)``."""
        return self._forward[0]

    @property
    def logits(self) -> Tensor:
        """The logits, shape ``(sets, n, classes)``."""
        return self._forward[1]

    @property
    def targets(self) -> Tensor:
        """The classes as ones among zeros, shape ``(sets, n, classes)``."""
        return one_hot(self.y, self.logits.shape[-1])

    @cached_property
    def _forward(self) -> tuple[list[Tensor], Tensor]:
        with torch.inference_mode():
            return self.network.activations(self.x)

    @cached_property
    def gradients(self) -> list[Tensor]:
        """Each sample's gradient of its cross-entropy loss by the pre-activations.

        One tensor of shape ``(sets, n, units)`` per hidden layer, by the chain rule: autograd
        would keep a graph of what is needed once.
        """
        with torch.inference_mode():
            upper, layer = self.logits.softmax(dim=-1) - self.targets, self.network.output
            gradients: list[Tensor] = []
            for index, below in reversed(list(enumerate(self.network.hidden_layers))):
                upper = upper @ layer.weight
                if self.network.rectified(index):
                    upper = upper * (self.activations[index] > 0)
                gradients.insert(0, upper)
                layer = below
            return gradients
