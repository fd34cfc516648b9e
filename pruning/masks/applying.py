"""Masks on the parameters of a network: applying them, and what they leave.

A mask is a tensor of truth values in the shape of its parameter, under the parameter's name: true
stays, false is zero. Parameters without a mask stay whole. Masks of weights and of units both end
as these (:meth:`pruning.structure.groups.Structure.parameter_masks`), so that training, evaluation
and counting know one kind.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn

ParameterMasks = Mapping[str, Tensor]


def parameters_of(network: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters by name; one that several modules share under each of its names."""
    return dict(network.named_parameters(remove_duplicate=False))


def apply_masks(network: nn.Module, masks: ParameterMasks) -> None:
    """Set to zero, in place, what the masks remove."""
    parameters = parameters_of(network)
    with torch.no_grad():
        for name, mask in masks.items():
            parameters[name].mul_(mask.to(parameters[name].device))


def masked(network: nn.Module, masks: ParameterMasks) -> nn.Module:
    """A copy of ``network`` in which what the masks remove is zero."""
    network = copy.deepcopy(network)
    apply_masks(network, masks)
    return network
