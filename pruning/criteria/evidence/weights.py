"""What criteria know of the single weights of a network: gradients, curvature, synaptic flow."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from pruning.structure.hooks import hooked

# Samples and their classes, in blocks that fit in memory.
Blocks = Iterable[tuple[Tensor, Tensor]]


def gradients(network: nn.Module, blocks: Blocks, temperature: float = 1.0) -> dict[str, Tensor]:
    """Return the gradient of the mean cross-entropy by the weights of every layer.

    Parameters
    ----------
    network
        In the mode to look at it in; it is left as it was.
    temperature
        What logits are divided by.

    Returns
    -------
    dict[str, Tensor]
        By the layer's name, in the shape of its weights.
    """
    weights = _leaves(network)
    total = _zeros(weights)
    for loss in _losses(network, weights, blocks, temperature):
        found = torch.autograd.grad(loss, list(weights.values()), materialize_grads=True)
        _add(total, found)
    return total


def hessian_products(
    network: nn.Module, blocks: Blocks, vector: Mapping[str, Tensor], temperature: float = 1.0
) -> dict[str, Tensor]:
    """Return ``H v``, ``H`` the Hessian of the mean cross-entropy by the weights of every layer.

    Parameters
    ----------
    network
        In the mode to look at it in; it is left as it was.
    vector
        ``v``, by the layer's name, in the shape of its weights.
    temperature
        What logits are divided by.

    Returns
    -------
    dict[str, Tensor]
        As ``vector``.
    """
    weights = _leaves(network)
    leaves = list(weights.values())
    total = _zeros(weights)
    for loss in _losses(network, weights, blocks, temperature):
        slopes = torch.autograd.grad(loss, leaves, create_graph=True, materialize_grads=True)
        pairs = zip(slopes, vector.values(), strict=True)
        along = torch.stack([(slope * part).sum() for slope, part in pairs]).sum()
        _add(total, torch.autograd.grad(along, leaves, materialize_grads=True))
    return total


def movements(network: nn.Module, batches: Blocks, rate: float) -> dict[str, Tensor]:
    """Return ``-Σ g * w`` over steps of gradient descent by the weights of every layer.

    Parameters
    ----------
    network
        In the mode to look at it in; it is left as it was.
    batches
        The samples and classes of each step.
    rate
        The learning rate.

    Returns
    -------
    dict[str, Tensor]
        By the layer's name, in the shape of its weights.
    """
    weights = {name: leaf.clone() for name, leaf in _leaves(network).items()}
    total = _zeros(weights)
    for x, y in batches:
        leaves = {name: weight.detach().requires_grad_() for name, weight in weights.items()}
        with torch.enable_grad():
            loss = cross_entropy(_run(network, leaves, x), y)
        found = torch.autograd.grad(loss, list(leaves.values()), materialize_grads=True)
        with torch.no_grad():
            for name, slope in zip(leaves, found, strict=True):
                total[name] -= slope * leaves[name]
                weights[name] = leaves[name] - rate * slope
    return total


def synaptic_flow(network: nn.Module, shape: torch.Size) -> dict[str, Tensor]:
    """Return ``dR/d|w| * |w|`` of the weights of every layer, in double precision.

    ``R`` is the sum of the outputs for an input of ones, with the absolute values of all
    parameters and buffers.

    Parameters
    ----------
    network
        It is left as it was.
    shape
        Of one input.

    Returns
    -------
    dict[str, Tensor]
        By the layer's name, in the shape of its weights, float64.
    """
    positive = copy.deepcopy(network).double().eval()
    with torch.no_grad():
        for tensor in positive.state_dict().values():
            tensor.abs_()
    weights = _leaves(positive)
    with torch.enable_grad():
        ones = next(iter(weights.values())).new_ones(1, *shape)
        flow = _run(positive, weights, ones).sum()
        found = torch.autograd.grad(flow, list(weights.values()), materialize_grads=True)
    pairs = zip(weights.items(), found, strict=True)
    return {name: weight.detach() * slope for (name, weight), slope in pairs}


def input_squares(network: nn.Module, layers: Sequence[str], x: Tensor) -> list[Tensor]:
    """Sum the squares of what each weight multiplies, over the samples ``x`` and positions.

    Returns
    -------
    list[Tensor]
        One per layer, in the shape of its weights.
    """
    found: dict[str, Tensor] = {}

    def look(name: str, layer: nn.Module, given: Tensor) -> None:
        if name in found:
            raise ValueError(f"the network uses its layer {name!r} more than once")
        found[name] = _squares(layer, given.detach().square())

    handles = [
        network.get_submodule(name).register_forward_pre_hook(
            lambda layer, args, name=name: look(name, layer, args[0])
        )
        for name in layers
    ]
    with hooked(handles), torch.no_grad():
        network(x)
    return [found[name] for name in layers]


def _squares(layer: Any, squares: Tensor) -> Tensor:
    if not isinstance(layer, nn.Conv2d):
        summed = squares.reshape(-1, squares.shape[-1]).sum(dim=0)
        return summed.expand(len(layer.weight), -1)
    # The derivative of a convolution by its weights sums its input over the positions that each
    # meets: of one output per group.
    one = layer.weight.new_zeros(layer.groups, *layer.weight.shape[1:])
    with torch.enable_grad():
        outputs = layer._conv_forward(squares, one.requires_grad_(), None)
        (found,) = torch.autograd.grad(outputs.sum(), one)
    return found.repeat_interleave(len(layer.weight) // layer.groups, dim=0)


def _leaves(network: nn.Module) -> dict[str, Tensor]:
    """The weights of all layers, by the layers' names, apart from the network's own graph.

    Layers that share a weight have one leaf.
    """
    layers = {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d)
    }
    leaves = {layer.weight: layer.weight.detach().requires_grad_() for layer in layers.values()}
    return {name: leaves[layer.weight] for name, layer in layers.items()}


def _run(network: nn.Module, weights: Mapping[str, Tensor], x: Tensor) -> Tensor:
    parameters = {f"{name}.weight": weight for name, weight in weights.items()}
    return functional_call(network, parameters, (x,))  # type: ignore[no-any-return]


def _losses(
    network: nn.Module, weights: Mapping[str, Tensor], blocks: Blocks, temperature: float
) -> Iterator[Tensor]:
    """What each block adds to the mean cross-entropy."""
    blocks = list(blocks)
    count = sum(len(y) for _, y in blocks)
    for x, y in blocks:
        with torch.enable_grad():
            logits = _run(network, weights, x) / temperature
            yield cross_entropy(logits, y, reduction="sum") / count


def _zeros(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: torch.zeros_like(weight) for name, weight in weights.items()}


def _add(total: Mapping[str, Tensor], found: Iterable[Tensor]) -> None:
    for into, part in zip(total.values(), found, strict=True):
        into += part
