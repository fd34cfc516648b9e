"""Initial weights where a paper states others than torch's defaults.

Each function redraws the weights of every convolution and linear layer of a network in place, from
torch's default generator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn


def glorot(network: nn.Module) -> None:
    """Gaussian Glorot weights, zero biases [glorot2010]_."""
    from torch.nn.init import xavier_normal_, zeros_

    for layer in _layers(network):
        xavier_normal_(layer.weight)
        if layer.bias is not None:
            zeros_(layer.bias)


def he_convolutions(network: nn.Module) -> None:
    """Gaussian He weights for the convolutions [he2015]_; linear layers keep torch's default."""
    from torch import nn
    from torch.nn.init import kaiming_normal_

    for layer in _layers(network):
        if isinstance(layer, nn.Conv2d):
            kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")


def truncated_normal(network: nn.Module, sd: float, bias: float) -> None:
    """Normal weights of standard deviation ``sd``, cut off at two of them, and equal biases."""
    from torch.nn.init import constant_, trunc_normal_

    for layer in _layers(network):
        trunc_normal_(layer.weight, std=sd, a=-2 * sd, b=2 * sd)
        if layer.bias is not None:
            constant_(layer.bias, bias)


def _layers(network: nn.Module) -> Iterator[nn.Conv2d | nn.Linear]:
    from torch import nn

    return (module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear))
