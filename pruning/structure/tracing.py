"""The operations of a network as a graph: what each one does to the units that pass through."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import fx, nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

# What an operation does: multiplies by weights · normalises · bends each value · adds two values
# · averages values · hands the largest on · hands its input on · moves values about.
Kind = Literal[
    "layer", "norm", "activation", "addition", "average", "maximum", "identity", "routing"
]

_MODULES: dict[Kind, tuple[type[nn.Module], ...]] = {
    "layer": (nn.Linear, nn.Conv2d),
    "norm": (_BatchNorm,),
    "activation": (
        *(nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish),
        *(nn.Tanh, nn.Sigmoid, nn.Softplus, nn.Hardtanh, nn.Hardswish, nn.Hardsigmoid),
    ),
    "average": (nn.AvgPool2d, nn.AdaptiveAvgPool2d),
    "maximum": (nn.MaxPool2d, nn.AdaptiveMaxPool2d),
    "identity": (nn.Identity, _DropoutNd),
    "routing": (nn.Flatten, nn.Unflatten, nn.ZeroPad2d),
}
# By name, whether a function of torch or of torch.nn.functional, or a tensor's method; those that
# work in place end in an underscore.
_NAMES: dict[Kind, tuple[str, ...]] = {
    "activation": (
        *("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish"),
        *("tanh", "sigmoid", "softplus", "hardtanh", "hardswish", "hardsigmoid"),
    ),
    "addition": ("add", "iadd"),
    "average": ("avg_pool2d", "adaptive_avg_pool2d", "mean"),
    "maximum": ("max_pool2d", "adaptive_max_pool2d"),
    "identity": ("dropout", "dropout2d", "contiguous"),
    "routing": (
        *("flatten", "reshape", "view", "squeeze", "unsqueeze", "permute", "transpose"),
        *("getitem", "getattr", "size", "pad", "cat"),
    ),
}
_OWNERS = (torch, functional, operator, torch.Tensor)


def traced(network: nn.Module) -> fx.GraphModule:
    """The graph of ``network``, in eval mode, whose modules it shares.

    Raises
    ------
    ValueError
        If torch.fx cannot follow it, such as where its way depends on the values.
    """
    try:
        return fx.symbolic_trace(network)
    except Exception as error:
        raise ValueError(
            f"torch.fx cannot trace the network ({type(network).__name__}), which this criterion "
            f"needs: {error}"
        ) from error


def layer_nodes(graph: fx.GraphModule, layers: Sequence[str]) -> list[fx.Node]:
    """The one node at which each layer is used.

    Raises
    ------
    ValueError
        If a layer is not used, or more than once.
    """
    calls = [node for node in graph.graph.nodes if node.op == "call_module"]
    found = {layer: [node for node in calls if node.target == layer] for layer in layers}
    for layer, nodes in found.items():
        if len(nodes) != 1:
            raise ValueError(f"the network uses its layer {layer!r} {len(nodes)} times, not once")
    return [nodes[0] for nodes in found.values()]


def kind(graph: fx.GraphModule, node: fx.Node) -> Kind | None:
    """What the operation at ``node`` does; None if it is none of these."""
    if node.op == "call_module":
        module = graph.get_submodule(str(node.target))
        return _first(_MODULES, lambda types: isinstance(module, types))
    name = _name(node)
    return _first(_NAMES, lambda names: name in names)


def norm_behind(graph: fx.GraphModule, node: fx.Node) -> fx.Node | None:
    """The batch norm that alone takes the output of ``node``."""
    user = _only_user(node)
    return user if user is not None and kind(graph, user) == "norm" else None


def handed_on(graph: fx.GraphModule, node: fx.Node) -> fx.Node:
    """Where the units of the layer at ``node`` have the values that they hand on.

    That is behind the next activation function, as long as only operations lie between that keep
    units apart and nothing else takes a value from there: batch norm, dropout, max-pooling, and the
    addition at the end of a residual block, whose sum is all that the next layer sees of
    the unit. Without an activation function it is behind the batch norm or the layer itself.
    """
    here = node
    while (user := _only_user(here)) is not None:
        found = kind(graph, user)
        if found == "activation":
            return user
        if found not in ("norm", "addition", "maximum", "identity"):
            break
        here = user
    return norm_behind(graph, node) or node


def _only_user(node: fx.Node) -> fx.Node | None:
    users = list(node.users)
    return users[0] if len(users) == 1 else None


def _name(node: fx.Node) -> str | None:
    """The name of a function or method of torch; None for anything else."""
    if node.op == "call_method":
        return str(node.target).removesuffix("_")
    if node.op != "call_function":
        return None
    name = getattr(node.target, "__name__", "")
    if node.target is getattr:
        return name
    known = any(getattr(owner, name, None) is node.target for owner in _OWNERS)
    return name.removesuffix("_") if known else None


def _first(table: dict[Kind, Any], fits: Any) -> Kind | None:
    return next((kind for kind, entry in table.items() if fits(entry)), None)
