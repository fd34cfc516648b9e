"""Finding what of a network can be removed, and trying it out.

Torch-Pruning's dependency graph says which units belong together and who reads them; here that
becomes groups. What the graph cannot know is tried (:mod:`pruning.structure.trial`), and where the
units do not end up in their order they are followed (:mod:`pruning.structure.following`). Units
that cannot be removed, or are not known to be, are refused, all of them in one message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from torch import nn

from pruning.structure.dependencies import Coupling, Trace
from pruning.structure.following import followed
from pruning.structure.handing_on import NORMS, is_depthwise
from pruning.structure.merging import merged
from pruning.structure.trial import Objection, Trial
from pruning.structure.units import OTHER, Group, Layer, Reader, layers_of

Shape = tuple[int, int, int]


def groups_in(
    network: nn.Module, shape: Shape, seen: Trace, excluded: frozenset[str]
) -> list[Group]:
    """All groups of a network that have no excluded layer, in the order of the forward pass.

    Parameters
    ----------
    network
        Is left as it was.
    shape
        Of one image: channels, height, width.
    seen
        What :func:`pruning.structure.dependencies.trace` has seen of it.

    Raises
    ------
    ValueError
        If units of any of them cannot be removed; the message names all layers to exclude.
    """
    with torch.inference_mode(False), torch.no_grad():
        found = _Finder(network, shape, seen, excluded).groups()
    order = list(seen.calls)
    return sorted(found, key=lambda group: order.index(group.name))


@dataclass
class _Finder:
    """The groups of one network.

    Attributes
    ----------
    refused
        Why units cannot be removed, by the name of the layer to exclude.
    """

    network: nn.Module
    shape: Shape
    seen: Trace
    excluded: frozenset[str]
    refused: dict[str, str] = field(default_factory=dict)

    @cached_property
    def trial(self) -> Trial:
        """Where groups are tried out."""
        return Trial(self.network, self.shape)

    @cached_property
    def _modules(self) -> dict[str, nn.Module]:
        return dict(self.network.named_modules())

    @cached_property
    def shared(self) -> dict[str, str]:
        """What is against removing anything from a layer or batch norm, by its name."""
        return _shared(self.network, self.seen.calls)

    def groups(self) -> list[Group]:
        """All groups that have no excluded layer.

        Raises
        ------
        ValueError
            If units of any of them cannot be removed.
        """
        order = list(self.seen.calls)
        plain: list[Group] = []
        moved: list[Group] = []
        for coupling in self._couplings():
            group = _group(coupling, order)
            if reason := self._against(coupling, group):
                self.refused[group.name] = reason
            else:
                (plain if group.readers else moved).append(group)
        accepted = self._settled(plain, [])
        for group in moved:
            accepted = self._followed(group, accepted)
        if self.refused:
            raise ValueError(_refusal(self.refused, order))
        return accepted

    def _couplings(self) -> list[Coupling]:
        """Of all layers but excluded ones and the output; a layer that was lost track of alone."""
        layers = layers_of(self.network)
        known = {name for coupling in self.seen.couplings for name in coupling.all_layers}
        order = [name for name in self.seen.calls if name in layers]
        handing_on = {
            name
            for layer in order
            if layer not in known
            for name in self.seen.passed.get(layer, [])
        }
        lost = [self._alone(name, layers[name]) for name in order if name not in known | handing_on]
        return [
            coupling
            for coupling in merged([*self.seen.couplings, *lost], self._modules)
            if coupling.all_layers
            and self.excluded.isdisjoint(coupling.all_layers)
            and (coupling.readers or order[-1] not in coupling.all_layers)
        ]

    def _alone(self, name: str, layer: Layer) -> Coupling:
        """Of a layer that was lost track of: nobody knows who reads it."""
        count = len(layer.weight)
        axis = {name: list(range(count))}
        if is_depthwise(layer):
            return Coupling(count, depthwise=axis)
        coupling = Coupling(count)
        (coupling.group_outputs if _is_grouped(layer) else coupling.layers)[name] = axis[name]
        for passed in self.seen.passed.get(name, []):
            axes = _passing(coupling, self._modules[passed])
            axes[passed] = list(range(count))
        return coupling

    def _against(self, coupling: Coupling, group: Group) -> str | None:
        """What is known to be against removing the units, without trying."""
        if not coupling.written:
            return f"{group.name} is a convolution in groups"
        if coupling.others:
            return f"they pass through {', '.join(coupling.others)}"
        if coupling.units == 1 < len(coupling.written[group.name]):
            return "all of them could only go together"
        for module in (*group.layers, *group.norms, *coupling.readers):
            if module in self.shared:
                return self.shared[module]
        for module, units in (coupling.written | coupling.passed).items():
            if not _is_even(units, coupling.units):
                return f"{coupling.units} units belong together, but {module} has {len(units)}"
        return None

    def _settled(self, groups: Sequence[Group], accepted: list[Group]) -> list[Group]:
        """The accepted groups and those of ``groups`` that can be accepted beside them.

        All at once, if that will do, because that is the rule; else one half after the other.
        """
        if not groups or not (objection := self.trial.objection([*accepted, *groups])):
            return [*accepted, *groups]
        if len(groups) == 1:
            return self._followed(groups[0], accepted, objection)
        middle = len(groups) // 2
        return self._settled(groups[middle:], self._settled(groups[:middle], accepted))

    def _followed(
        self, group: Group, accepted: list[Group], objection: Objection | None = None
    ) -> list[Group]:
        """The accepted groups, and this one with the readers that it turns out to have."""
        found = followed(self.network, self.shape, group)
        if found and not found.readers:
            # Another output: no layer depends on the units.
            return accepted
        # Where nothing takes them in apart from each other, their sum may be all that counts.
        tried = found or replace(group, readers=())
        for reader in tried.readers:
            if reader.layer in self.shared:
                self.refused[group.name] = self.shared[reader.layer]
                return accepted
        if tried != group or not objection:
            against = self.trial.objection([*accepted, tried])
            if not against:
                return [*accepted, tried]
            objection = against if found else objection
        self.refused[group.name] = self._reason(found or group, objection)
        return accepted

    def _reason(self, group: Group, objection: Objection | None) -> str:
        """Why the units of a group that was tried out cannot be removed."""
        readers = [reader.layer for reader in group.readers]
        if self.trial.is_noisy():
            return "the network says something else of the same images each time"
        if loud := self.trial.not_silent(group):
            return (
                f"without them {loud} still takes in something else than zero: what lies between "
                "must take 0 to 0, as most activation functions do"
            )
        place = f"behind {group.name}"
        if readers:
            place = f"between {group.name} and {readers[0]}, or in {readers[0]},"
        if objection and objection.crash:
            return (
                f"without them the network cannot run ({objection.crash}): something {place} "
                "depends on their number"
            )
        return (
            "without them the network would not compute what it does with zeros in their place: "
            f"something {place} depends on their number or order, or mixes them"
        )


def _group(coupling: Coupling, order: list[str]) -> Group:
    """The group that a coupling is; without readers where these take in more of some units."""
    layers = tuple(sorted(coupling.written or coupling.depthwise, key=order.index))
    passed = coupling.passed if coupling.written else coupling.norms
    norms = tuple(sorted(passed, key=order.index))
    readers = sorted(coupling.readers, key=order.index)
    is_known = all(_is_even(coupling.readers[layer], coupling.units) for layer in readers)
    axes = coupling.written | coupling.passed
    in_order = list(range(coupling.units))
    return Group(
        layers[0],
        layers,
        norms,
        coupling.units,
        tuple(Reader(name, tuple(coupling.readers[name])) for name in readers if is_known),
        {name: tuple(axes[name]) for name in (*layers, *norms) if axes[name] != in_order},
    )


def _is_even(axis: Sequence[int], units: int) -> bool:
    """Whether there is something of each unit there, and of each equally much."""
    numbers = torch.tensor(axis)
    counts = torch.bincount(numbers[numbers != OTHER], minlength=units)
    return len(counts) == units and bool(counts[0] > 0) and bool((counts == counts[0]).all())


def _is_grouped(layer: Layer) -> bool:
    return getattr(layer, "groups", 1) > 1


def _passing(coupling: Coupling, module: nn.Module) -> dict[str, list[int]]:
    if isinstance(module, nn.GroupNorm):
        return coupling.group_norms
    return coupling.norms if isinstance(module, NORMS) else coupling.depthwise


def _shared(network: nn.Module, calls: dict[str, int]) -> dict[str, str]:
    """What is against removing anything from a layer or batch norm, by its name."""
    owners: dict[nn.Parameter, list[str]] = {}
    modules = dict(network.named_modules())
    for name, module in modules.items():
        for parameter in module.parameters(recurse=False):
            owners.setdefault(parameter, []).append(name or "the network itself")
    found = {}
    for name, module in modules.items():
        if not isinstance(module, (nn.Conv2d, nn.Linear, *NORMS)):
            continue
        parameters = dict(module.named_parameters(recurse=False))
        if calls.get(name, 0) > 1:
            found[name] = f"{name} is used {calls[name]} times"
        elif module.weight is not None and "weight" not in parameters:
            found[name] = f"the weight of {name} is computed from other parameters"
        for own, parameter in parameters.items():
            others = [owner for owner in owners[parameter] if owner != name]
            if others:
                found.setdefault(name, f"{name} shares its {own} with {', '.join(others)}")
    return found


def _refusal(refused: dict[str, str], order: list[str]) -> str:
    """All refusals in one message, with all layers to exclude at its end."""
    names = sorted(refused, key=order.index)
    reasons = "; ".join(f"units of {n} cannot be removed, because {refused[n]}" for n in names)
    return f"{reasons}; exclude {', '.join(names)}"
