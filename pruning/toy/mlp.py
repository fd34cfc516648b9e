"""The fully connected network of the toy study."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from pruning.toy.settings import DROPOUT


class MLP(nn.Module):
    """Linear layers with ReLU after every hidden one but the last.

    The last hidden layer is followed by the output layer directly, as published [yeom2021]_. A
    single hidden layer keeps its ReLU, without which the network would be linear.

    Parameters
    ----------
    inputs, hidden, classes
        The widths, from the input to the output; the published network is
        ``MLP(2, [1000, 1000, 1000], classes)``.
    generator
        Draws the initial weights.
    """

    def __init__(
        self, inputs: int, hidden: Sequence[int], classes: int, generator: torch.Generator
    ) -> None:
        super().__init__()
        widths = [inputs, *hidden]
        self.hidden = nn.ModuleList(
            _linear(fan_in, fan_out, generator)
            for fan_in, fan_out in zip(widths, hidden, strict=False)
        )
        self.output = _linear(widths[-1], classes, generator)

    @property
    def hidden_layers(self) -> list[nn.Linear]:
        """The linear layers whose outputs are the hidden units, from the input on."""
        return [layer for layer in self.hidden if isinstance(layer, nn.Linear)]

    @property
    def widths(self) -> list[int]:
        """How many units each hidden layer has."""
        return [layer.out_features for layer in self.hidden_layers]

    def rectified(self, layer: int) -> bool:
        """Whether ReLU follows the hidden layer of this index."""
        return layer < len(self.hidden) - 1 or len(self.hidden) == 1

    def activations(
        self, x: Tensor, dropout: torch.Generator | None = None
    ) -> tuple[list[Tensor], Tensor]:
        """Return every hidden layer's pre-activations and the logits.

        Parameters
        ----------
        x
            Points, shape ``(n, inputs)``.
        dropout
            Draws the dropout behind the first ReLU while training; nothing is dropped without.

        Returns
        -------
        tuple[list[Tensor], Tensor]
            One tensor of shape ``(n, units)`` per hidden layer, and the logits, ``(n, classes)``.
        """
        preactivations = []
        for index, layer in enumerate(self.hidden):
            preactivations.append(layer(x))
            x = relu(preactivations[-1]) if self.rectified(index) else preactivations[-1]
            if index == 0 and dropout is not None:
                x = x * _dropout_mask(x, dropout)
        return preactivations, self.output(x)

    def forward(self, x: Tensor, dropout: torch.Generator | None = None) -> Tensor:
        """Return the logits, shape ``(n, classes)``; see :meth:`activations`."""
        return self.activations(x, dropout)[1]


def _linear(fan_in: int, fan_out: int, generator: torch.Generator) -> nn.Linear:
    """A linear layer with torch's default initialisation, drawn from ``generator``."""
    layer = nn.Linear(fan_in, fan_out, device="meta").to_empty(device="cpu")
    bound = fan_in**-0.5
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.uniform_(-bound, bound, generator=generator)
    return layer


def _dropout_mask(x: Tensor, generator: torch.Generator) -> Tensor:
    """Zeros and inverse keep probabilities, drawn on the CPU: the same numbers on any device."""
    keep = torch.empty(x.shape).bernoulli_(1 - DROPOUT, generator=generator)
    return keep.div_(1 - DROPOUT).to(x.device)
