"""Following units through whatever moves them about, by zeroing them and looking who misses them.

A permutation before a flatten, a flip, a concatenation: where the units of a group end up is found
out by running the network. Each unit has a number, and for each binary digit of it the units that
have a 1 there are zeroed, then those that have a 0. An input of a later layer that is zero in
exactly one of the two, for every digit, holds the unit whose number that spells.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from pruning.masks.applying import parameters_of
from pruning.structure.dependencies import example
from pruning.structure.hooks import hooked
from pruning.structure.trial import is_large, randomised
from pruning.structure.units import OTHER, Group, Groups, Layer, Reader, input_axis, layers_of

# An input may be zero by chance, behind a ReLU: in all of these images and under all of these
# random numbers hardly one is.
IMAGES, IMAGES_OF_LARGE = 16, 6
DRAWS = 3


def followed(network: nn.Module, shape: tuple[int, int, int], group: Group) -> Group | None:
    """The group with the readers that its units are found to have.

    Parameters
    ----------
    network
        Is left as it was.
    shape
        Of one image: channels, height, width.
    group
        Its layers and batch norms are believed, its readers are not.

    Returns
    -------
    Group | None
        Without readers where no layer depends on the units; None where one does, but none takes
        in the units apart from each other, or not equally often each.
    """
    sets = _sets(group.units)
    count = IMAGES_OF_LARGE if is_large(network) else IMAGES
    runs = [_Run() for _ in sets]
    all_of = {group.name: ~sets[0]}
    for seed in range(DRAWS):
        drawn = _lively(randomised(network, seed, all_weights=True), seed)
        images = example(drawn, shape, count)
        groups, parameters = Groups(drawn, [group]), parameters_of(drawn)
        whole = {name: parameters[name].clone() for name in groups.parameter_masks(all_of)}
        for removed, run in zip(sets, runs, strict=True):
            for name, mask in groups.parameter_masks({group.name: ~removed}).items():
                parameters[name].copy_(whole[name] * mask)
            run.watch(drawn, images)
    readers = []
    values = runs[0].values
    dependent = [name for name in values if any(r.values.get(name) != values[name] for r in runs)]
    for layer in dependent:
        if any(layer not in run.filled for run in runs):
            return None
        units, is_known = _units([run.filled[layer] for run in runs])
        counts = torch.bincount(units[units != OTHER], minlength=group.units)
        if not counts.any() or not is_known:
            continue
        if len(counts) > group.units or (counts != counts[0]).any():
            return None
        readers.append(Reader(layer, tuple(units.tolist())))
    return replace(group, readers=tuple(readers)) if readers or not dependent else None


def _lively(network: nn.Module, seed: int) -> nn.Module:
    """The same, shifted upwards in all draws but one: few units are zero behind a ReLU then."""
    if seed:
        for name, parameter in network.named_parameters():
            if parameter.ndim < 2 and name.endswith("bias"):
                parameter.abs_()
        for name, buffer in network.named_buffers():
            if name.endswith("running_mean"):
                buffer.abs_().neg_()
    return network


def _sets(count: int) -> list[Tensor]:
    """What is removed: nothing, then for each digit the units that have a 1 there, or a 0."""
    numbers = torch.arange(count)
    digits = max((count - 1).bit_length(), 1)
    return [numbers < 0, *((numbers >> d) % 2 == bit for d in range(digits) for bit in (1, 0))]


def _units(filled: Sequence[Tensor]) -> tuple[Tensor, bool]:
    """The unit that each input holds, from which inputs each removal leaves filled.

    And whether each other input holds something whatever is removed, or never anything. Else the
    layer lies further behind, where what reaches an input is zero now and then.
    """
    whole, *rest = filled
    ones, zeros = torch.stack(rest[::2]), torch.stack(rest[1::2])
    is_one = zeros & ~ones
    values = 2 ** torch.arange(len(ones))[:, None]
    apart = (ones != zeros).all(dim=0) & whole
    always, never = torch.stack(list(filled)).all(dim=0), ~torch.stack(list(filled)).any(dim=0)
    units = torch.where(apart, (is_one * values).sum(dim=0), OTHER)
    return units, bool((apart | always | never).all())


@dataclass
class _Run:
    """What goes into the layers while a network runs.

    Attributes
    ----------
    filled
        By layer: which of its inputs have been something else than zero.
    values
        By layer: what has gone into it each time, as a hash: whether it depends on the units.
    """

    filled: dict[str, Tensor] = field(default_factory=dict)
    values: dict[str, list[int]] = field(default_factory=dict)

    def watch(self, network: nn.Module, images: Tensor) -> None:
        """Run a network."""
        hooks = [
            layer.register_forward_pre_hook(
                lambda layer, inputs, name=name: self._see(name, layer, inputs[0])
            )
            for name, layer in layers_of(network).items()
        ]
        # The network's own code may raise anything about zeros: what has been seen counts.
        with hooked(hooks), suppress(Exception):
            network(images)

    def _see(self, name: str, layer: Layer, inputs: Tensor) -> None:
        if layer.weight.shape[1] != inputs.shape[input_axis(layer)]:
            return
        there = inputs.movedim(input_axis(layer), 0).flatten(1).any(dim=1).cpu()
        self.filled[name] = self.filled.get(name, there) | there
        self.values.setdefault(name, []).append(hash(inputs.cpu().numpy().tobytes()))
