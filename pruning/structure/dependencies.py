"""Which outputs of which layers are coupled: Torch-Pruning's dependency graph in plain words.

Torch-Pruning [fang2023]_ reads autograd's graph of one forward pass. Here its groups are told by
module name, each with the unit that every one of its indices belongs to.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch_pruning import DependencyGraph, ops

from pruning.randomness import torch_generator

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)

# What units pass through on their way without anything to remove from it.
PASSED = (ops._ElementWiseOp, ops._ReshapeOp, ops._OutputOp)


@dataclass
class Coupling:
    """Layers whose outputs can only be removed together.

    Attributes
    ----------
    units
        How many outputs the first layer has.
    layers, norms, readers
        By module name: which unit each output of a layer, channel of a batch norm, and input of
        a reading layer belongs to.
    inputs
        How many inputs each reading layer has.
    others
        What else depends on the units, in words.
    """

    units: int
    layers: dict[str, list[int]] = field(default_factory=dict)
    norms: dict[str, list[int]] = field(default_factory=dict)
    readers: dict[str, list[int]] = field(default_factory=dict)
    inputs: dict[str, int] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    @property
    def is_output(self) -> bool:
        """Whether the units are the network's outputs: nobody reads them."""
        return not self.readers


def example(network: nn.Module, shape: tuple[int, int, int]) -> Tensor:
    """Two random images for the network, on its device; always the same."""
    parameter = next(network.parameters())
    images = torch.randn(2, *shape, generator=torch_generator("example images"))
    return images.to(parameter.device, parameter.dtype)


def trace(network: nn.Module, shape: tuple[int, int, int]) -> tuple[list[str], list[Coupling]]:
    """Run a copy of the network on two images and watch.

    Returns
    -------
    tuple[list[str], list[Coupling]]
        The names of the modules in the order in which the forward pass first comes to them, and
        the couplings of all convolutions and linear layers.

    Raises
    ------
    ValueError
        If the network does not take images of this shape.
    """
    # Autograd's graph is what is read, whatever the caller's mode and frozen parameters.
    with torch.inference_mode(False), torch.enable_grad():
        network = copy.deepcopy(network).eval().requires_grad_()
        images = example(network, shape)
        names = {module: name for name, module in network.named_modules()}
        with _watch(network) as order:
            try:
                network(images)
            except RuntimeError as error:
                raise ValueError(f"the network does not take images of {shape}: {error}") from error
        graph = DependencyGraph().build_dependency(network, (images,), verbose=False)
        couplings = [_coupling(group, graph, names) for group in graph.get_all_groups()]
    return [names[module] for module in order], couplings


@contextmanager
def _watch(network: nn.Module) -> Iterator[dict[nn.Module, None]]:
    """Collect the modules of a forward pass in the order in which they begin."""
    order: dict[nn.Module, None] = {}

    def seen(module: nn.Module, _: Any) -> None:
        order.setdefault(module)

    hooks = [module.register_forward_pre_hook(seen) for module in network.modules()]
    try:
        yield order
    finally:
        for hook in hooks:
            hook.remove()


def _coupling(group: Any, graph: Any, names: dict[nn.Module, str]) -> Coupling:
    coupling = Coupling(len(group[0].idxs))
    for item in group:
        module = item.dep.target.module
        units = [unit for _, unit in sorted(zip(item.idxs, item.root_idxs, strict=True))]
        if isinstance(module, nn.Conv2d | nn.Linear) and getattr(module, "groups", 1) == 1:
            if graph.is_out_channel_pruning_fn(item.dep.handler):
                coupling.layers[names[module]] = units
            else:
                coupling.readers[names[module]] = units
                coupling.inputs[names[module]] = module.weight.shape[1]
        elif isinstance(module, NORMS) and module.affine:
            coupling.norms[names[module]] = units
        elif not isinstance(module, PASSED):
            coupling.others.append(_words(module, names))
    return coupling


def _words(module: nn.Module, names: dict[nn.Module, str]) -> str:
    kind = type(module).__name__.strip("_").removesuffix("Op")
    return f"{names[module]} ({kind})" if module in names else kind.lower()
