"""Rules by which layer-wise relevance propagation hands relevance down through one layer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from pruning.criteria.base import Rule

# As published for z+; it is added to denominators whatever their sign.
Z_PLUS_STABILISER = 1e-9
EPSILON = 1e-6
GAMMA = 0.25

Layer: TypeAlias = nn.Linear | nn.Conv2d
Back = Callable[[Tensor], Tensor]
# Inputs, and the weights and biases that they meet.
Part = tuple[Tensor, Tensor, Tensor | None]


def stabilised(z: Tensor) -> Tensor:
    """``z + ε sign z``, with ``ε = 1e-6`` and the sign of 0 taken as positive."""
    return z + torch.where(z < 0, -EPSILON, EPSILON)


def linearised(
    function: Callable[..., Tensor], *inputs: Tensor
) -> tuple[Tensor, Callable[[Tensor], tuple[Tensor, ...]]]:
    """What ``function`` makes of ``inputs``, and what hands slopes of that back to each input."""
    made: Any = torch.func.vjp(function, *inputs)
    value, back = made
    return value, back


def z_plus(layer: Layer, x: Tensor, relevance: Tensor) -> Tensor:
    """Hand the relevance of a layer's outputs down to its inputs by the z+ rule [montavon2017]_.

    Parameters
    ----------
    layer
        Only its positive weights count; its bias does not.
    x
        The layer's inputs, shape ``(…, inputs)`` of a linear layer.
    relevance
        Of its outputs, shape ``(…, outputs)``.

    Returns
    -------
    Tensor
        ``x * W+ᵀ (relevance / (W+ x + 1e-9))``, in the shape of ``x``.
    """
    z, back = _linear_map(layer, x, layer.weight.clamp(min=0), None)
    return x * back(relevance / (z + Z_PLUS_STABILISER))


def epsilon(layer: Layer, x: Tensor, relevance: Tensor) -> Tensor:
    """Share relevance in proportion to contributions, ``w x`` and the bias [bach2015]_.

    What falls to the bias is lost. Parameters as for :func:`z_plus`.
    """
    return _share(layer, [(x, layer.weight, layer.bias)], relevance)


def gamma(layer: Layer, x: Tensor, relevance: Tensor) -> Tensor:
    """Share as :func:`epsilon` does, contributions of the output's own sign 1.25 times.

    From [montavon2019]_; for inputs and outputs of either sign [andeol2021]_. Parameters as for
    :func:`z_plus`.
    """
    weight, bias = layer.weight.detach(), layer.bias
    above, below = x.clamp(min=0), x.clamp(max=0)
    raised, lowered = (weight + GAMMA * part for part in (_positive(weight), _negative(weight)))
    raised_bias = None if bias is None else bias + GAMMA * _positive(bias)
    lowered_bias = None if bias is None else bias + GAMMA * _negative(bias)
    z, _ = _linear_map(layer, x, weight, bias)
    favour = [(above, raised, raised_bias), (below, lowered, None)]
    against = [(above, lowered, lowered_bias), (below, raised, None)]
    return _share(layer, favour, relevance * (z > 0)) + _share(layer, against, relevance * (z < 0))


def alpha2_beta1(layer: Layer, x: Tensor, relevance: Tensor) -> Tensor:
    """Twice the shares of the positive contributions less those of the negative ones [bach2015]_.

    Parameters as for :func:`z_plus`.
    """
    weight, bias = layer.weight.detach(), layer.bias
    above, below = x.clamp(min=0), x.clamp(max=0)
    more, less = _positive(weight), _negative(weight)
    more_bias = None if bias is None else _positive(bias)
    less_bias = None if bias is None else _negative(bias)
    positive = _share(layer, [(above, more, more_bias), (below, less, None)], relevance)
    negative = _share(layer, [(above, less, less_bias), (below, more, None)], relevance)
    return 2 * positive - negative


RULES: dict[Rule, Callable[[Layer, Tensor, Tensor], Tensor]] = {
    "z_plus": z_plus,
    "epsilon": epsilon,
    "gamma": gamma,
    "alpha2_beta1": alpha2_beta1,
}


def _positive(values: Tensor) -> Tensor:
    return values.detach().clamp(min=0)


def _negative(values: Tensor) -> Tensor:
    return values.detach().clamp(max=0)


def _share(layer: Layer, parts: list[Part], relevance: Tensor) -> Tensor:
    """Hand relevance down in proportion to what the parts contribute to their sum."""
    maps = [_linear_map(layer, *part) for part in parts]
    z = torch.stack([z for z, _ in maps]).sum(dim=0) if len(maps) > 1 else maps[0][0]
    upper = relevance / stabilised(z)
    pairs = zip(parts, maps, strict=True)
    shares = [x * back(upper) for (x, _, _), (_, back) in pairs]
    return torch.stack(shares).sum(dim=0) if len(shares) > 1 else shares[0]


def _linear_map(
    layer: Layer, x: Tensor, weight: Tensor, bias: Tensor | None
) -> tuple[Tensor, Back]:
    """What ``layer`` makes of ``x`` with other parameters, and the transpose of its weights."""
    if isinstance(layer, nn.Linear):
        z = x @ weight.T
        return z if bias is None else z + bias, lambda upper: upper @ weight
    # The layer's own function knows its stride, padding and groups.
    z, back = linearised(partial(layer._conv_forward, weight=weight, bias=bias), x)
    return z, lambda upper: back(upper)[0]
