"""One network under many masks that have nothing to do with each other.

Every mask is prepared once, for all points that it is asked about. What the first hidden layer
says is the same under every mask, so the second layer's pre-activations are either computed from
the units that are left or *downdated* by those that are gone, whichever are fewer. The last
hidden layer, a linear one, is folded into the output layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pruning.data.base import Classes, Points
from pruning.evaluation import Block, in_blocks
from pruning.models.mlp import MLP


@dataclass(frozen=True)
class EvaluationSet:
    """Labelled points, prepared for any number of masks."""

    blocks: list[Block]
    classes: list[Tensor]

    @classmethod
    def of(cls, network: MLP, points: Points, classes: Classes) -> EvaluationSet:
        """Prepare the points, shape ``(n, inputs)``, and their classes, shape ``(n,)``."""
        device = network.output.weight.device
        x = torch.from_numpy(points).to(device)
        blocks = [Block.of(network, block) for block in in_blocks(network, x)]
        sizes = [block.first.shape[1] for block in blocks]
        return cls(blocks, list(torch.split(torch.from_numpy(classes).to(device), sizes)))

    def __len__(self) -> int:
        return sum(map(len, self.classes))


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
        self._kept = [mask.nonzero().flatten().to(device) for mask in keep]
        gone = (~keep[0]).nonzero().flatten().to(device)
        self._downdates = len(gone) < len(self._kept[0])
        self._sources = gone if self._downdates else self._kept[0]
        self._layers = [self._between(network, index) for index in range(1, len(keep) - 1)]
        self._output = self._folded(network, keep[-1].to(device))

    def logits(self, block: Block) -> Tensor:
        """Return the logits, shape ``(classes, points)``."""
        weight, bias = self._output
        return torch.addmm(bias[:, None], weight, self._rectified(block))

    def accuracy(self, points: EvaluationSet) -> float:
        """The share of points, from 0 to 1, whose largest logit is that of their class."""
        pairs = zip(points.blocks, points.classes, strict=True)
        hits = [(self.logits(block).argmax(dim=0) == classes).sum() for block, classes in pairs]
        return int(torch.stack(hits).sum()) / len(points)

    def _between(self, network: MLP, index: int) -> tuple[Tensor, Tensor]:
        """A hidden layer between the units that are left; the second from its sources."""
        layer, rows = network.hidden_layers[index], self._kept[index]
        columns = self._sources if index == 1 else self._kept[index - 1]
        return layer.weight.detach()[rows][:, columns], layer.bias.detach()[rows]

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

    def _rectified(self, block: Block) -> Tensor:
        """The outputs of the last layer that ReLU follows, shape ``(units kept, points)``."""
        if not self._layers:
            return block.first[self._kept[0]]
        outputs = self._second(block).relu_()
        for weight, bias in self._layers[1:]:
            outputs = torch.addmm(bias[:, None], weight, outputs).relu_()
        return outputs

    def _second(self, block: Block) -> Tensor:
        """The second layer's pre-activations, shape ``(units kept, points)``."""
        weight, bias = self._layers[0]
        sources = block.first[self._sources]
        if self._downdates:
            return block.second[self._kept[1]].addmm_(weight, sources, alpha=-1)
        return torch.addmm(bias[:, None], weight, sources)
