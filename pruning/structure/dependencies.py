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
from pruning.structure.hooks import hooked

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)

# What units pass through on their way without anything to remove from it.
PASSED = (ops._ElementWiseOp, ops._ReshapeOp, ops._OutputOp)

# What moves units about, but has nothing to remove either: where they end up can be tried out.
MOVED = (ops._ConcatOp, ops._SplitOp, ops._UnbindOp, ops._SliceOp, ops._ExpandOp)


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
    depthwise
        By module name: which unit each channel of a depthwise convolution belongs to. Units pass
        through it as through a batch norm, each by itself.
    grouped
        The other convolutions in groups whose outputs go with the units.
    moves
        What moves the units about, in words.
    others
        What else depends on the units, in words.
    """

    units: int
    layers: dict[str, list[int]] = field(default_factory=dict)
    norms: dict[str, list[int]] = field(default_factory=dict)
    readers: dict[str, list[int]] = field(default_factory=dict)
    inputs: dict[str, int] = field(default_factory=dict)
    depthwise: dict[str, list[int]] = field(default_factory=dict)
    grouped: list[str] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def all_layers(self) -> list[str]:
        """The names of all whose outputs are the units."""
        return [*self.layers, *self.grouped, *self.depthwise]

    @property
    def passed(self) -> dict[str, list[int]]:
        """Batch norms and depthwise convolutions."""
        return self.norms | self.depthwise


@dataclass(frozen=True)
class Trace:
    """What one forward pass shows.

    Attributes
    ----------
    calls
        How often each module is called, by name in the order in which the pass first comes there.
    couplings
        Those of all convolutions and linear layers.
    """

    calls: dict[str, int]
    couplings: list[Coupling]


def example(network: nn.Module, shape: tuple[int, int, int], count: int = 2) -> Tensor:
    """Random images for the network, on its device; always the same."""
    parameter = next(network.parameters())
    images = torch.randn(count, *shape, generator=torch_generator("example images"))
    return images.to(parameter.device, parameter.dtype)


def trace(network: nn.Module, shape: tuple[int, int, int], *, units: bool = True) -> Trace:
    """Run a copy of the network on two images and watch.

    Parameters
    ----------
    units
        Whether couplings are looked for.

    Raises
    ------
    ValueError
        If the network does not take images of this shape, or its couplings are to be found and
        cannot be, or it gives out something else than logits.
    """
    # Autograd's graph is what is read, whatever the caller's mode and frozen parameters.
    with torch.inference_mode(False), torch.enable_grad():
        network = copy.deepcopy(network).eval().requires_grad_()
        images = example(network, shape)
        names = {module: name for name, module in network.named_modules()}
        with _watch(network) as calls:
            try:
                logits = network(images)
            except RuntimeError as error:
                raise ValueError(f"the network does not take images of {shape}: {error}") from error
        if units and not isinstance(logits, Tensor):
            kind = type(logits).__name__
            raise ValueError(f"the network gives out a {kind}, not a tensor of logits")
        couplings = _couplings(network, images, names) if units else []
    return Trace({names[module]: count for module, count in calls.items()}, couplings)


def _couplings(network: nn.Module, images: Tensor, names: dict[nn.Module, str]) -> list[Coupling]:
    try:
        graph = DependencyGraph().build_dependency(network, (images,), verbose=False)
        groups = list(graph.get_all_groups())
    # Whatever a network does that the graph's builder does not expect.
    except Exception as error:
        raise ValueError(
            "which units of the network belong together cannot be found out "
            f"({type(error).__name__}: {error}); prune single weights"
        ) from error
    return [_coupling(group, graph, names) for group in groups]


@contextmanager
def _watch(network: nn.Module) -> Iterator[dict[nn.Module, int]]:
    """Count the calls of the modules in a forward pass, in the order in which they begin."""
    calls: dict[nn.Module, int] = {}

    def seen(module: nn.Module, _: Any) -> None:
        calls[module] = calls.get(module, 0) + 1

    hooks = [module.register_forward_pre_hook(seen) for module in network.modules()]
    with hooked(hooks):
        yield calls


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
        elif is_depthwise(module):
            coupling.depthwise[names[module]] = units
        elif isinstance(module, NORMS) and module.affine:
            coupling.norms[names[module]] = units
        elif isinstance(module, MOVED):
            coupling.moves.append(_words(module, names))
        elif not isinstance(module, PASSED):
            coupling.others.append(_words(module, names))
            if isinstance(module, nn.Conv2d) and graph.is_out_channel_pruning_fn(item.dep.handler):
                coupling.grouped.append(names[module])
    return coupling


def is_depthwise(module: nn.Module) -> bool:
    """Whether each channel goes through a filter of its own."""
    return isinstance(module, nn.Conv2d) and (
        1 < module.groups == module.in_channels == module.out_channels
    )


def _words(module: nn.Module, names: dict[nn.Module, str]) -> str:
    kind = type(module).__name__.strip("_").removesuffix("Op")
    return f"{names[module]} ({kind})" if module in names else kind.lower()
