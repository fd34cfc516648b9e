"""What one network says about the same images under many masks.

Three things make this faster than one evaluation after another. Units that a mask removes are taken
out, not multiplied by zero. What comes before the first thing that a mask changes is computed once
and kept for the masks that share it. And where the first layer that a mask changes loses units, its
other outputs are what they were: they are picked from what was kept.

Only an ``nn.Sequential`` says what comes before what; other networks gain from smaller layers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pruning.context import Context
from pruning.evaluation.accuracy import Outcome, block_by_block, blocks_of
from pruning.evaluation.batches import ImageSet
from pruning.masks.applying import ParameterMasks, masked, parameters_of
from pruning.structure.groups import Structure
from pruning.structure.hooks import evaluating
from pruning.structure.layout import layout_for
from pruning.structure.surgery import Slimmer, Units
from pruning.structure.units import input_axis

# What is kept of one network's activations, in bytes; the rest is computed again for every mask.
KEPT_BYTES = 1 << 29

# Links that do to each unit the same whatever the others are, behind a convolution and behind a
# linear layer, which may have an axis of tokens between: pooling would go along the units there.
UNITWISE = (
    nn.AdaptiveAvgPool2d,
    nn.AvgPool2d,
    nn.BatchNorm2d,
    nn.Dropout,
    nn.MaxPool2d,
    nn.ReLU,
)
UNITWISE_LINEAR = (nn.BatchNorm1d, nn.Dropout, nn.ReLU)


@dataclass(frozen=True)
class Start:
    """Up to where a network with a mask does what the one without does.

    Attributes
    ----------
    link
        The first of the links that do something else.
    units
        Which units go into it, int64; None: all.
    axis
        Where these lie.
    """

    link: int
    units: Tensor | None = None
    axis: int = 1


def evaluate_slimmed(
    network: nn.Module,
    structure: Structure,
    masks: Iterable[Units],
    images: ImageSet,
    context: Context,
) -> Iterator[Outcome]:
    """What ``network`` says without the units that each of the masks removes.

    Parameters
    ----------
    structure
        Of the network, or of one with the same layers.
    masks
        Which units stay, by the name of the group: truth values of shape ``(units,)``. Groups that
        are not named stay whole. Fastest where masks in a row are nested, or change the same
        group, the groups in the order of the forward pass.

    Yields
    ------
    Outcome
        One per mask, as soon as it is known: that of the network under
        ``structure.parameter_masks``, but for rounding.

    Raises
    ------
    ValueError
        If a mask does not fit, or would empty its group.
    """
    with evaluating(network):
        kept = _Kept(network, images, context)
        smaller = _Shrinking(network, structure)
        for mask in masks:
            structure.check_units(mask)
            units = {name: mask[name].cpu() for name in mask if not mask[name].all()}
            start = _start(links_of(network), structure, units)
            yield Outcome.of(kept.logits(smaller.without(units), start), images.y)


def evaluate_masked(
    network: nn.Module, masks: Iterable[ParameterMasks], images: ImageSet, context: Context
) -> Iterator[Outcome]:
    """What ``network`` says with zeros where each of the masks has them.

    Parameters
    ----------
    masks
        Fastest where masks in a row change the same layer, the layers in the order of the forward
        pass.

    Yields
    ------
    Outcome
        One per mask, as soon as it is known.
    """
    with evaluating(network):
        links = list(links_of(network))
        # A parameter that several modules share changes all of them.
        named = parameters_of(network)
        kept = _Kept(network, images, context)
        for mask in masks:
            changed = {named[name] for name, keep in mask.items() if not keep.all()}
            places = [_link(links, name) for name, value in named.items() if value in changed]
            start = Start(min(places, default=len(links) - 1))
            yield Outcome.of(kept.logits(masked(network, mask), start), images.y)


def links_of(network: nn.Module) -> dict[str, nn.Module]:
    """The modules of which each takes in what the one before gives out, by name."""
    if type(network) is not nn.Sequential:
        return {"": network}
    links = {}
    # A module that is in two places is two links.
    for name, child in network.named_modules(remove_duplicate=False):
        if name and "." not in name:
            for inner, link in links_of(child).items():
                links[f"{name}.{inner}" if inner else name] = link
    return links


def _link(links: list[str], name: str) -> int:
    """In which link a module or parameter is."""
    return next(
        index
        for index, link in enumerate(links)
        if not link or name == link or name.startswith(f"{link}.")
    )


class _Shrinking:
    """A smaller copy of a network for each mask: a step from the last one where that will do."""

    def __init__(self, network: nn.Module, structure: Structure) -> None:
        self._network, self._structure = network, structure
        self._slimmer = Slimmer(network, structure)
        self._units: Units = {}

    def without(self, units: Units) -> nn.Module:
        """The network without the units that the masks remove."""
        nested = all(
            name in units and not (units[name] & ~before).any()
            for name, before in self._units.items()
        )
        if not nested:
            self._slimmer = Slimmer(self._network, self._structure)
        self._units = units
        return self._slimmer.shrink(units)


def _start(links: Mapping[str, nn.Module], structure: Structure, units: Units) -> Start:
    """Where the network without the removed units begins to differ from the whole one."""
    names = list(links)
    group = next((group for group in structure.groups if group.name in units), None)
    if group is None:
        return Start(len(links) - 1)
    first = group.name
    place = _link(names, first)
    if names[place] != first:
        return Start(place)
    # The link is the layer itself: what is left of its outputs is as before.
    layer = links[first]
    place += 1
    while isinstance(
        links[names[place]], UNITWISE_LINEAR if isinstance(layer, nn.Linear) else UNITWISE
    ):
        place += 1
    left = group.left(first, units[first])
    return Start(place, left.nonzero().flatten(), input_axis(layer))


class _Kept:
    """What goes into one of a network's links, for as many images as there is room for."""

    def __init__(self, network: nn.Module, images: ImageSet, context: Context) -> None:
        self._links = list(links_of(network).values())
        self._images, self._context = images, context
        self._blocks = blocks_of(images)
        self._layout = layout_for(network, images.batch(slice(2))[0])
        self._link = -1
        self._inputs: dict[int, Tensor] = {}

    def logits(self, network: nn.Module, start: Start) -> Tensor:
        """What a network says that is the same up to ``start``; shape ``(n, classes)``."""
        if start.link != self._link:
            self._move(start.link)
        links = list(links_of(network).values())[start.link :]
        units = None if start.units is None else start.units.to(self._images.x.device)

        def rest(block: slice) -> Tensor:
            x = self._input(block, start.link)
            return _run(links, x if units is None else x.index_select(start.axis, units))

        return torch.cat(block_by_block(rest, self._blocks, self._context))

    def _move(self, link: int) -> None:
        """Keep what goes into ``link`` instead."""
        if link < self._link:
            self._inputs = {}
        with torch.inference_mode():
            room = KEPT_BYTES // max(self._input(self._blocks[0], link).nbytes, 1)

        def keep(block: slice) -> Tensor:
            self._inputs[block.start] = self._input(block, link)
            return self._inputs[block.start]

        block_by_block(keep, self._blocks[:room], self._context)
        for block in self._blocks[room:]:
            self._inputs.pop(block.start, None)
        self._link = link

    def _input(self, block: slice, link: int) -> Tensor:
        """What goes into ``link``: from what is kept, or from the images."""
        if block.start in self._inputs:
            return _run(self._links[self._link : link], self._inputs[block.start])
        return _run(self._links[:link], self._images.batch(block, layout=self._layout)[0])


def _run(links: Sequence[nn.Module], x: Tensor) -> Tensor:
    for link in links:
        x = link(x)
    return x
