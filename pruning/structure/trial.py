"""Trying out, before anything is trained, whether slimming computes what masking does.

Nothing that is known of a network's graph says what its forward pass does with the number or the
order of channels: a roll, a shuffle, a mean over channels. So random halves of the units are taken
out of a copy with random numbers in it, and zeroed in another, and what both say is compared.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from pruning.masks.applying import masked
from pruning.randomness import torch_generator
from pruning.structure.dependencies import example
from pruning.structure.surgery import Slimmer
from pruning.structure.units import OTHER, Group, Groups, Reader, input_axis

# How far the slimmed network may be off: a share of what the masks change, and of the logits.
CLOSE = {torch.float64: (1e-8, 1e-12), torch.float32: (1e-5, 1e-6)}

# Parameters of a network that is tried in single precision first, to be quick: what it is
# refused for is then tried in double precision.
LARGE = 1_000_000

# Halves of fewer units than these agree by chance now and then: they are drawn more often.
FEW = 16
MORE = 4


@dataclass(frozen=True)
class Objection:
    """Why units cannot be removed.

    Attributes
    ----------
    crash
        What the slimmed network raises; None where it runs, but computes something else.
    """

    crash: str | None = None


class Trial:
    """A network with random numbers in it, to try groups out on.

    Batch norms have statistics, scales and shifts that are not trivial, biases are not zero, and
    weights that are zero or all alike are drawn anew. It computes in double precision, if it can.

    Parameters
    ----------
    network
        Is left as it was.
    shape
        Of one image: channels, height, width.
    """

    def __init__(self, network: nn.Module, shape: tuple[int, int, int]) -> None:
        self._whole, self._shape = network, shape
        self._draw(torch.float32 if is_large(network) else torch.float64)

    def objection(self, groups: Sequence[Group]) -> Objection | None:
        """What is against removing units of these groups; None if nothing is.

        Nothing is where slimmed and masked copies agree, under masks and under their complements.
        """
        objection = self._objection(groups)
        if objection and self._images.dtype == torch.float32 and not self._is_single:
            self._draw(torch.float64)
            objection = self._objection(groups)
        return objection

    def _draw(self, precision: torch.dtype) -> None:
        """Make the copy to try things on."""
        self._network = randomised(self._whole, 0).to(precision)
        self._images = example(self._network, self._shape)
        self._is_single = False
        if precision == torch.float64:
            try:
                self._network(self._images)
            # A number or a device of its own that does not go with double precision.
            except (RuntimeError, TypeError):
                self._draw(torch.float32)
                self._is_single = True

    def _objection(self, groups: Sequence[Group]) -> Objection | None:
        trying = Groups(self._network, list(groups))
        for seed in range(1 if all(map(_is_plain, groups)) else MORE):
            said = []
            for units in half_masks(trying.unit_counts, seed):
                hidden = masked(self._network, trying.parameter_masks(units))
                try:
                    expected: Tensor = hidden(self._images)
                    found: Tensor = Slimmer(hidden, trying).shrink(units)(self._images)
                # The network's own code, which may raise anything where it counts its channels.
                except Exception as error:
                    return Objection(f"{type(error).__name__}: {error}".partition("\n")[0])
                if found.shape != expected.shape:
                    return Objection()
                said.append((found, expected))
            if not _agree(*said):
                return Objection()
        return None

    def is_noisy(self) -> bool:
        """Whether the network says something else each time."""
        one, other = (self._network(self._images) for _ in range(2))
        return not torch.equal(one, other)

    def not_silent(self, group: Group) -> str | None:
        """The name of a reader that takes in something where no unit is left; None if none does."""
        trying = Groups(self._network, [group])
        nothing = torch.zeros(group.units, dtype=torch.bool)
        silenced = masked(self._network, trying.parameter_masks({group.name: nothing}))
        loud = []

        def listen(reader: Reader, inputs: Tensor) -> None:
            layer = silenced.get_submodule(reader.layer)
            own = torch.tensor(reader.units) != OTHER
            if inputs.movedim(input_axis(layer), 0)[own].any():
                loud.append(reader.layer)

        for reader in group.readers:
            silenced.get_submodule(reader.layer).register_forward_pre_hook(
                lambda _, inputs, reader=reader: listen(reader, inputs[0])
            )
        # The network's own code may raise anything about zeros; then that is not the reason.
        with suppress(Exception):
            silenced(self._images)
        return next(iter(loud), None)


def is_large(network: nn.Module) -> bool:
    """Whether running the network takes a while."""
    return sum(parameter.numel() for parameter in network.parameters()) > LARGE


def half_masks(counts: Mapping[str, int], seed: int) -> Iterator[dict[str, Tensor]]:
    """Random masks that keep about half of the units of each group, then their complements.

    What a roll does, say, only shows where the last unit goes: in one of the two it does.
    """
    draws = torch_generator("half masks", seed)
    masks = {}
    for name, count in counts.items():
        # Numbers of units that differ, so that what depends on the number shows.
        kept = torch.randint(-(-count // 3), max(2 * count // 3, 1) + 1, (), generator=draws)
        masks[name] = torch.randperm(count, generator=draws) < kept
    yield {name: mask if mask.any() else ~mask for name, mask in masks.items()}
    yield {name: mask if mask.all() else ~mask for name, mask in masks.items()}


def randomised(network: nn.Module, seed: int, *, all_weights: bool = False) -> nn.Module:
    """A copy in eval mode with random numbers for whatever may be trivial in it."""
    network = copy.deepcopy(network).eval()
    draws = torch_generator("numbers to try surgery on", seed)
    with torch.no_grad():
        for module in network.modules():
            for name, parameter in module.named_parameters(recurse=False):
                if parameter.ndim < 2:
                    parameter.copy_(_scales(parameter, draws) - int("bias" in name))
                elif all_weights or _is_trivial(parameter):
                    normal = torch.randn(parameter.shape, generator=draws)
                    parameter.copy_(normal * (2 / parameter[0].numel()) ** 0.5)
            if isinstance(module, _BatchNorm) and module.running_mean is not None:
                assert module.running_var is not None
                module.running_mean.copy_(_scales(module.running_mean, draws) - 1)
                module.running_var.copy_(_scales(module.running_var, draws))
    return network


def _agree(one: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> bool:
    """Whether slimmed and masked copies say the same under two masks, but for rounding."""
    of_change, of_logits = CLOSE[one[0].dtype]
    change = (one[1] - other[1]).abs().max()
    bound = of_change * change + of_logits * one[1].abs().max()
    return all(bool((found - expected).abs().max() <= bound) for found, expected in (one, other))


def _scales(like: Tensor, draws: torch.Generator) -> Tensor:
    """Random numbers between a half and one and a half."""
    return 0.5 + torch.rand(like.shape, generator=draws)


def _is_trivial(weight: Tensor) -> bool:
    least, most = weight.abs().aminmax()
    return bool(least == 0) or bool(least == most)


def _is_plain(group: Group) -> bool:
    """Whether the units are many, and read in the order in which they are."""
    return group.units >= FEW and all(
        reader == Reader.consecutive(reader.layer, group.units, reader.inputs_per_unit)
        for reader in group.readers
    )
