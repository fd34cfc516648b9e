"""One network under many masks, each asked about the same points.

What the first hidden layer says is the same under every mask, so of the second layer's
pre-activations only what sets a mask apart from a *base* is computed: the base may be the network
with all of its units, or what most of the masks have in common. The last hidden layer, a linear
one, is folded into the output layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from pruning.data.base import Classes, Points
from pruning.threads import side_by_side
from pruning.toy.evaluation import Block, in_blocks
from pruning.toy.mlp import MLP


@dataclass(frozen=True)
class EvaluationSet:
    """Labelled points, prepared for any number of masks.

    Attributes
    ----------
    base
        Which units of the first hidden layer the blocks' second pre-activations come from, truth
        values of shape ``(units,)``.
    """

    blocks: list[Block]
    classes: list[Tensor]
    base: Tensor

    @classmethod
    def of(cls, network: MLP, points: Points, classes: Classes) -> EvaluationSet:
        """Prepare the points, shape ``(n, inputs)``, and their classes, shape ``(n,)``."""
        device = network.output.weight.device
        x = torch.from_numpy(points).to(device)
        blocks = [Block.of(network, block) for block in in_blocks(network, x)]
        sizes = [block.first.shape[1] for block in blocks]
        every = torch.ones(network.widths[0], dtype=torch.bool, device=device)
        return cls(blocks, list(torch.split(torch.from_numpy(classes).to(device), sizes)), every)

    def __len__(self) -> int:
        return sum(map(len, self.classes))

    def near(self, network: MLP, masks: Tensor) -> EvaluationSet:
        """The same points, prepared for masks that are much alike.

        Parameters
        ----------
        masks
            What the masks keep of the first hidden layer, shape ``(masks, units)``.
        """
        if len(masks) < 3 or len(network.widths) < 3:
            return self
        base = (masks.float().mean(dim=0) > 0.5).to(self.base.device)
        gone = (self.base & ~base).nonzero().flatten()
        weight = network.hidden_layers[1].weight.detach()[:, gone]

        def moved(block: Block) -> Block:
            second = torch.addmm(block.second, weight, block.first[gone], alpha=-1)
            return Block(block.first, second)

        return replace(self, blocks=side_by_side(moved, self.blocks), base=base)


@dataclass(frozen=True)
class _Change:
    """How the second layer's pre-activations come from the first layer's ``sources``.

    ``weight`` is taken times their outputs, and added to what the base gives, or to the bias
    where the sources are all that is left.
    """

    sources: Tensor
    weight: Tensor
    anew: bool


class MaskedNetwork:
    """A network without some of its hidden units.

    Parameters
    ----------
    network
        Of one hidden layer or more.
    keep
        Which units stay, one tensor of truth values of shape ``(units,)`` per hidden layer.
    """

    def __init__(self, network: MLP, keep: Sequence[Tensor]) -> None:
        device = network.output.weight.device
        self._network = network
        self._first = keep[0].to(device)
        self._kept = [mask.nonzero().flatten().to(device) for mask in keep]
        self._layers = [self._between(network, index) for index in range(2, len(keep) - 1)]
        self._output = self._folded(network, keep[-1].to(device))

    def logits(self, block: Block) -> Tensor:
        """Return the logits of points whose base is all units, shape ``(classes, points)``."""
        return self._logits(block, self._change(torch.ones_like(self._first)))

    def accuracy(self, points: EvaluationSet) -> float:
        """The share of points, from 0 to 1, whose largest logit is that of their class."""
        change = self._change(points.base)
        pairs = zip(points.blocks, points.classes, strict=True)
        hits = [(self._logits(x, change).argmax(dim=0) == y).sum() for x, y in pairs]
        return int(torch.stack(hits).sum()) / len(points)

    def _logits(self, block: Block, change: _Change | None) -> Tensor:
        weight, bias = self._output
        return torch.addmm(bias[:, None], weight, self._rectified(block, change))

    def _change(self, base: Tensor) -> _Change | None:
        """What sets this mask apart from the base; nothing where no layer follows the second."""
        if len(self._kept) < 3:
            return None
        layer = self._network.hidden_layers[1]
        rows = layer.weight.detach()[self._kept[1]]
        gone = (base & ~self._first).nonzero().flatten()
        new = (self._first & ~base).nonzero().flatten()
        if len(gone) + len(new) > len(self._kept[0]):
            return _Change(self._kept[0], rows[:, self._kept[0]], anew=True)
        weight = torch.cat([-rows[:, gone], rows[:, new]], dim=1)
        return _Change(torch.cat([gone, new]), weight, anew=False)

    def _between(self, network: MLP, index: int) -> tuple[Tensor, Tensor]:
        """A hidden layer between the units that are left."""
        layer, rows = network.hidden_layers[index], self._kept[index]
        return layer.weight.detach()[rows][:, self._kept[index - 1]], layer.bias.detach()[rows]

    def _folded(self, network: MLP, keep: Tensor) -> tuple[Tensor, Tensor]:
        """The linear map from the last rectified layer to the logits: weight and bias."""
        last, output = network.hidden_layers[-1], network.output
        weight, bias = output.weight.detach(), output.bias.detach()
        if len(self._kept) == 1:
            return weight[:, self._kept[0]], bias
        # Zeros in a few rows cost less than a copy of the layer without the units that are gone.
        weight = weight * keep
        return (weight @ last.weight.detach())[
            :, self._kept[-2]
        ], bias + weight @ last.bias.detach()

    def _rectified(self, block: Block, change: _Change | None) -> Tensor:
        """The outputs of the last layer that ReLU follows, shape ``(units kept, points)``."""
        if change is None:
            return block.first[self._kept[0]]
        outputs = self._second(block, change).relu_()
        for weight, bias in self._layers:
            outputs = torch.addmm(bias[:, None], weight, outputs).relu_()
        return outputs

    def _second(self, block: Block, change: _Change) -> Tensor:
        """The second layer's pre-activations, shape ``(units kept, points)``."""
        sources = block.first[change.sources]
        if change.anew:
            bias = self._network.hidden_layers[1].bias.detach()[self._kept[1]]
            return torch.addmm(bias[:, None], change.weight, sources)
        return block.second[self._kept[1]].addmm_(change.weight, sources)
