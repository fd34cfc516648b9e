"""Which outputs of which layers are coupled: Torch-Pruning's dependency graph in plain words.

Torch-Pruning [fang2023]_ reads autograd's graph of one forward pass. Here its groups are told by
module name, each with the unit that every one of its indices belongs to.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch_pruning import DependencyGraph, ops
from torch_pruning.dependency import graph as search
from torch_pruning.dependency.group import Group

from pruning.randomness import torch_generator
from pruning.structure.handing_on import handed_on, is_depthwise
from pruning.structure.hooks import hooked
from pruning.structure.units import OTHER

log = logging.getLogger(__name__)

# What units pass through on their way without anything to remove from it.
PASSED = (
    *(ops._ElementWiseOp, ops._ReshapeOp, ops._OutputOp),
    # These move units about: where they end up is tried out.
    *(ops._ConcatOp, ops._SplitOp, ops._UnbindOp, ops._SliceOp, ops._ExpandOp),
)


@dataclass
class Coupling:
    """Layers whose outputs can only be removed together.

    Attributes
    ----------
    units
        How many outputs the first layer has.
    layers, norms, readers
        By module name: which unit each output of a layer, channel of a batch norm, and input of
        a reading layer belongs to; ``OTHER`` where it is none of these.
    depthwise
        Likewise of each channel of a depthwise convolution. Units pass through it as through a
        batch norm, each by itself.
    group_outputs, group_inputs, group_norms
        Likewise of outputs and inputs of the other convolutions in groups, and of group norms.
    others
        What else depends on the units, in words.
    """

    units: int
    layers: dict[str, list[int]] = field(default_factory=dict)
    norms: dict[str, list[int]] = field(default_factory=dict)
    readers: dict[str, list[int]] = field(default_factory=dict)
    depthwise: dict[str, list[int]] = field(default_factory=dict)
    group_outputs: dict[str, list[int]] = field(default_factory=dict)
    group_inputs: dict[str, list[int]] = field(default_factory=dict)
    group_norms: dict[str, list[int]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    @property
    def axes(self) -> tuple[dict[str, list[int]], ...]:
        """All that says which unit something belongs to."""
        return (
            *(self.layers, self.norms, self.readers, self.depthwise),
            *(self.group_outputs, self.group_inputs, self.group_norms),
        )

    @property
    def written(self) -> dict[str, list[int]]:
        """The layers whose outputs are the units."""
        return self.layers | self.group_outputs

    @property
    def passed(self) -> dict[str, list[int]]:
        """Norms and depthwise convolutions."""
        return self.norms | self.group_norms | self.depthwise

    @property
    def all_layers(self) -> list[str]:
        """The names of all layers whose outputs are the units, or only hand them on."""
        return [*self.written, *self.depthwise]


@dataclass(frozen=True)
class Trace:
    """What one forward pass shows.

    Attributes
    ----------
    calls
        How often each module is called, by name in the order in which the pass first comes there.
    couplings
        Those of all convolutions and linear layers; none where the graph cannot be followed.
    passed
        Of each layer the norms and depthwise convolutions that its output is seen to go through
        before anything else than modules touches it: what is known where there is no graph.
    """

    calls: dict[str, int]
    couplings: list[Coupling]
    passed: dict[str, list[str]]


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
        If the network does not take images of this shape, or its couplings are to be found and it
        gives out something else than logits.
    """
    # Autograd's graph is what is read, whatever the caller's mode and frozen parameters.
    with torch.inference_mode(False), torch.enable_grad():
        network = copy.deepcopy(network).eval().requires_grad_()
        images = example(network, shape)
        names = {module: name for name, module in network.named_modules()}
        with _watch(network) as calls, handed_on(network) as passed:
            try:
                logits = network(images)
            except RuntimeError as error:
                raise ValueError(f"the network does not take images of {shape}: {error}") from error
        if units and not isinstance(logits, Tensor):
            kind = type(logits).__name__
            raise ValueError(f"the network gives out a {kind}, not a tensor of logits")
        couplings = _couplings(network, images, names) if units else []
    return Trace(
        {names[module]: count for module, count in calls.items()},
        couplings,
        {names[layer]: [names[module] for module in behind] for layer, behind in passed.items()},
    )


def _couplings(network: nn.Module, images: Tensor, names: dict[nn.Module, str]) -> list[Coupling]:
    axes = [max(each.shape) for each in network.parameters() if each.ndim]
    try:
        with _ending(most_items=100 * len(names), most_indices=16 * max(axes, default=1)):
            graph = DependencyGraph().build_dependency(network, (images,), verbose=False)
            return [_coupling(group, graph, names) for group in graph.get_all_groups()]
    # Whatever a network does that the graph's builder does not expect: what its layers can lose
    # is then found out by trying.
    except Exception as error:
        log.info("there is no graph of dependencies: %s: %s", type(error).__name__, error)
        return []


@contextmanager
def _ending(most_items: int, most_indices: int) -> Iterator[None]:
    """Let the search for groups end where it would go round in circles.

    Windows of tokens look like flattened channels to it: there are more and more of them each time.
    """

    class Ending(Group):  # type: ignore[misc]
        def add_dep(self, dep: Any, idxs: Any) -> None:
            if len(self) > most_items or len(idxs) > most_indices:
                raise RecursionError("a group has no end")
            super().add_dep(dep, idxs)

    search.Group = Ending
    try:
        yield
    finally:
        search.Group = Group


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
        is_output = graph.is_out_channel_pruning_fn(item.dep.handler)
        found = _axes(coupling, module, is_output=is_output)
        if found is not None:
            axes, size = found
            axis = axes.setdefault(names[module], [OTHER] * size)
            # Where the graph has lost count, there are more than there can be: then none is known.
            if max(item.idxs) >= size:
                axis[:] = [OTHER] * size
                continue
            for index, unit in zip(item.idxs, item.root_idxs, strict=True):
                axis[index] = unit
        elif not isinstance(module, PASSED):
            coupling.others.append(_words(module, names))
    return coupling


def _axes(
    coupling: Coupling, module: nn.Module, *, is_output: bool
) -> tuple[dict[str, list[int]], int] | None:
    """Where it is kept which units a module has there, and how many indices it has."""
    match module:
        case nn.Conv2d() if is_depthwise(module):
            return coupling.depthwise, module.out_channels
        case nn.Conv2d() if module.groups > 1:
            if is_output:
                return coupling.group_outputs, module.out_channels
            return coupling.group_inputs, module.in_channels
        case nn.Conv2d() if is_output:
            return coupling.layers, module.out_channels
        case nn.Linear() if is_output:
            return coupling.layers, module.out_features
        case nn.Linear():
            return coupling.readers, module.in_features
        case nn.Conv2d() | nn.Conv1d() | nn.ConvTranspose2d() if not is_output:
            return (coupling.readers, module.in_channels) if module.groups == 1 else None
        case nn.BatchNorm1d() | nn.BatchNorm2d() if module.affine:
            return coupling.norms, module.num_features
        case nn.GroupNorm() if module.affine:
            return coupling.group_norms, module.num_channels
    return None


def _words(module: nn.Module, names: dict[nn.Module, str]) -> str:
    kind = type(module).__name__.strip("_").removesuffix("Op")
    return f"{names[module]} ({kind})" if module in names else kind.lower()
