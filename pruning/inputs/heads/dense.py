"""Heads that connect every pixel with every mask element."""

from __future__ import annotations

from collections import OrderedDict
from math import prod

from torch import nn

from pruning.inputs.names import Shape
from pruning.models.initial import glorot

HIDDEN = 8


def linear(seen: Shape, logits: Shape) -> nn.Sequential:
    """Build one linear layer [oehmcke2022]_.

    Not as published: there a learned factor, zero at the start, multiplies what it says.
    """
    return nn.Sequential(
        OrderedDict(
            flatten=nn.Flatten(),
            last=nn.Linear(prod(seen), prod(logits)),
            elements=nn.Unflatten(1, logits),
        )
    )


def mlp(seen: Shape, logits: Shape) -> nn.Sequential:
    """Build a linear layer, ReLU and a linear layer, with 8 hidden units [oehmcke2022]_."""
    network = nn.Sequential(
        OrderedDict(
            flatten=nn.Flatten(),
            hidden=nn.Linear(prod(seen), HIDDEN),
            relu=nn.ReLU(),
            last=nn.Linear(HIDDEN, prod(logits)),
            elements=nn.Unflatten(1, logits),
        )
    )
    glorot(network)
    return network
