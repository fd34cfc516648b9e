"""Sets of reference samples as a network sees them.

Samples do not see each other, so those of many sets go through the network together; a criterion
adds up each set's own samples at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import torch
from torch import Tensor
from torch.nn.functional import one_hot, relu

from pruning.criteria.base import Rule
from pruning.criteria.evidence.relevance_rules import RULES
from pruning.randomness import torch_generator
from pruning.toy.mlp import MLP


class ReferenceSamples:
    """What criteria look at; what several of them need is computed once, when first asked for.

    It has the attributes of :class:`pruning.criteria.base.Samples`; a unit has one position.

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
        return [torch_generator("scores by chance", seed) for seed in self._seeds]

    @property
    def sets(self) -> int:
        """How many sets of samples there are."""
        return len(self.x)

    @property
    def weights(self) -> list[Tensor]:
        """The weights of each hidden layer, each of shape ``(units, inputs)``."""
        return [layer.weight.detach() for layer in self.network.hidden_layers]

    @property
    def activations(self) -> list[Tensor]:
        """The pre-activations of each hidden layer, each of shape ``(sets, n, units)``."""
        return self._forward[0]

    @property
    def logits(self) -> Tensor:
        """The logits, shape ``(sets, n, classes)``."""
        return self._forward[1]

    @property
    def outputs(self) -> list[Tensor]:
        """What each unit hands on, by absolute value: behind ReLU, where one follows."""
        return [self._handed_on(index).abs() for index in range(len(self.weights))]

    @property
    def zeros(self) -> list[Tensor]:
        """1 where a unit hands on nothing or less than nothing, else 0: ReLU does not matter."""
        return [(activation <= 0).to(activation.dtype) for activation in self.activations]

    @property
    def products(self) -> list[Tensor]:
        """Pre-activations times gradients."""
        return [a * g for a, g in zip(self.activations, self.gradients, strict=True)]

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

    def relevances(self, rule: Rule) -> list[Tensor]:
        """Each sample's relevance at each unit, one ``(sets, n, units)`` per hidden layer.

        Relevance starts as the logit of the sample's own class, all others zero.
        """
        with torch.inference_mode():
            relevance = self.logits * self.targets
            layers = [*self.network.hidden_layers[1:], self.network.output]
            relevances = []
            for index, layer in reversed(list(enumerate(layers))):
                relevance = RULES[rule](layer, self._handed_on(index), relevance)
                relevances.append(relevance)
            return relevances[::-1]

    def _handed_on(self, index: int) -> Tensor:
        """What the hidden layer of this index gives to the one above."""
        activation = self.activations[index]
        return relu(activation) if self.network.rectified(index) else activation
