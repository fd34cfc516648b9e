"""What a network says about many points under many nested masks.

Masks of one ranking are nested: as sparsity grows, units only leave. So the first layer's outputs
never change, the second layer's pre-activations are *downdated* by the units that left since the
last mask instead of being computed anew, and the last hidden layer, a linear one, is folded into
the output layer. Sorting each layer's units by rank makes every mask a prefix, so that units are
dropped by slicing, without a copy.

Activations are kept as ``(units, points)``, in blocks of points that fit a core's cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from pruning.threads import side_by_side
from pruning.toy.mlp import MLP

BLOCK_VALUES = 1 << 19
LEAST_POINTS = 1024


def accuracy(logits: Tensor, y: Tensor) -> float:
    """The share of points, from 0 to 1, whose largest logit is that of their class."""
    # Down the columns: that is how logits lie in memory.
    return int((logits.T.argmax(dim=0) == y).sum()) / len(y)


@dataclass(frozen=True)
class Block:
    """What no mask changes about some points: the first layer's outputs, ``(units, points)``.

    Where a third hidden layer follows, also the second's pre-activations of the unpruned network,
    from which a mask takes what the first layer's removed units gave.
    """

    first: Tensor
    second: Tensor

    @classmethod
    def of(cls, network: MLP, x: Tensor) -> Block:
        """Ask ``network`` about the points ``x``, shape ``(n, inputs)``."""
        layers = network.hidden_layers
        first = torch.addmm(layers[0].bias[:, None], layers[0].weight, x.T).relu_()
        if len(layers) < 3:
            return cls(first, first[:0])
        return cls(first, torch.addmm(layers[1].bias[:, None], layers[1].weight, first))


def in_blocks(network: MLP, x: Tensor) -> Sequence[Tensor]:
    """Points in blocks of which a few fit a core's cache; on other devices in one."""
    if x.device.type != "cpu":
        return [x]
    return torch.split(x, max(BLOCK_VALUES // max(network.widths), LEAST_POINTS))


class Evaluator:
    """A network and the points that it is asked about, both fixed.

    Parameters
    ----------
    network
        Of one hidden layer or more.
    x
        Points, shape ``(n, inputs)``.
    """

    def __init__(self, network: MLP, x: Tensor) -> None:
        self.network = network
        self.blocks = side_by_side(partial(Block.of, network), in_blocks(network, x))

    def logits(self) -> Tensor:
        """The whole network's logits, shape ``(n, classes)``, without the copies for masks."""
        layers = self.network.hidden_layers
        weight, bias = _folded_whole(self.network)

        def answer(block: Block) -> Tensor:
            outputs = block.second.relu() if len(layers) > 2 else block.first
            for layer in layers[2:-1]:
                outputs = torch.addmm(layer.bias[:, None], layer.weight, outputs).relu_()
            return torch.addmm(bias[:, None], weight, outputs)

        return torch.cat(side_by_side(answer, self.blocks), dim=1).T

    def under(self, ranks: Sequence[Tensor]) -> NestedMasks:
        """Start from the unpruned network and remove units in the order of their ranks."""
        return NestedMasks(self, ranks)


@torch.no_grad()
def _folded_whole(network: MLP) -> tuple[Tensor, Tensor]:
    """The linear map from the last rectified layer to the logits: weight and bias."""
    output, last = network.output, network.hidden_layers[-1]
    if len(network.widths) == 1:
        return output.weight.detach(), output.bias.detach()
    return output.weight @ last.weight, output.bias + output.weight @ last.bias


class NestedMasks:
    """The outputs of one network under the nested masks of one ranking, fewest removed first."""

    def __init__(self, evaluator: Evaluator, ranks: Sequence[Tensor]) -> None:
        network = evaluator.network
        device = network.output.weight.device
        self._ranks = ranks
        self._orders = [rank.argsort(descending=True).to(device) for rank in ranks]
        self._layers = _sorted_layers(network, self._orders)
        self._kept = network.widths
        self._blocks = side_by_side(self._own, evaluator.blocks)

    def _own(self, shared: Block) -> Block:
        """The shared outputs, and a copy of the pre-activations to take units out of."""
        return Block(shared.first, shared.second[self._orders[1]] if self._deep else shared.second)

    @property
    def _deep(self) -> bool:
        return len(self._ranks) > 2

    def logits(self, removed: int) -> Tensor:
        """Return the logits, shape ``(n, classes)``, without the ``removed`` lowest units.

        ``removed`` never falls from one call to the next: a unit that left does not come back.
        """
        kept = [int((rank >= removed).sum()) for rank in self._ranks]
        if any(now > before for now, before in zip(kept, self._kept, strict=True)):
            raise ValueError("masks are nested: units that left do not come back")
        weight, bias = self._folded(kept)
        step = partial(self._rectified, kept=kept)
        parts = side_by_side(lambda block: weight @ step(block), self._blocks)
        self._kept = kept
        return (torch.cat(parts, dim=1) + bias[:, None]).T

    def _rectified(self, block: Block, kept: list[int]) -> Tensor:
        """The outputs of the last layer that ReLU follows, shape ``(units kept, points)``."""
        if not self._deep:
            return block.first[self._orders[0][: kept[0]]]
        self._downdate(block, kept)
        outputs = block.second[: kept[1]].relu()
        for index in range(2, len(kept) - 1):
            weight, bias = self._prefix(index, kept)
            outputs = torch.addmm(bias[:, None], weight, outputs).relu_()
        return outputs

    def _downdate(self, block: Block, kept: list[int]) -> None:
        """Take what the first layer's leaving units gave out of the second's pre-activations."""
        left = slice(kept[0], self._kept[0])
        weight = self._layers[1][0][: kept[1], left]
        block.second[: kept[1]].addmm_(weight, block.first[self._orders[0][left]], alpha=-1)

    def _folded(self, kept: list[int]) -> tuple[Tensor, Tensor]:
        """The linear map from the last rectified layer to the logits: weight and bias."""
        output, output_bias = self._layers[-1]
        output = output[:, : kept[-1]]
        if len(kept) == 1:
            return output, output_bias
        weight, bias = self._prefix(len(kept) - 1, kept)
        return output @ weight, output_bias + output @ bias

    def _prefix(self, index: int, kept: list[int]) -> tuple[Tensor, Tensor]:
        """The hidden layer of this index between the units that are left."""
        weight, bias = self._layers[index]
        return weight[: kept[index], : kept[index - 1]], bias[: kept[index]]


def _sorted_layers(network: MLP, orders: Sequence[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """Each linear layer's weight and bias with the hidden units in the given orders."""
    layers = [*network.hidden_layers, network.output]
    rows: list[Tensor | slice] = [*orders, slice(None)]
    columns: list[Tensor | slice] = [slice(None), *orders]
    return [
        (layer.weight.detach()[row][:, column], layer.bias.detach()[row])
        for layer, row, column in zip(layers, rows, columns, strict=True)
    ]
