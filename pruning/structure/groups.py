"""What of a network can be removed, found out once and told by name.

What may lose single weights are its layers; what may lose units are groups of them
(:mod:`pruning.structure.units`), which :mod:`pruning.structure.finding` finds and tries out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from torch import nn

from pruning.models.base import FIRST, OUTPUT
from pruning.structure.dependencies import trace
from pruning.structure.finding import groups_in
from pruning.structure.surgery import Slimmer, Units
from pruning.structure.units import Groups, Layer, layers_of
from pruning.threads import one_thread


@dataclass(frozen=True)
class Structure(Groups):
    """What of ``network`` can be removed; see :meth:`of`.

    Attributes
    ----------
    groups
        What may lose units, in the order of the forward pass. A group that has an excluded layer
        is left out; the output layer is in none, for its units are the classes.
    layers
        The layers that may lose weights, by name in the order of the forward pass; excluded ones
        are left out. Of layers that share their weight only the first is here: it counts once.
    """

    layers: dict[str, Layer]

    @classmethod
    def of(
        cls,
        network: nn.Module,
        shape: tuple[int, int, int],
        exclude: Collection[str] = (),
        *,
        units: bool = True,
    ) -> Structure:
        """Find the layers and groups of a network; the network is left as it was.

        Every group has been tried: under random masks of half of the units the slimmed network
        computes what the masked one does.

        Parameters
        ----------
        shape
            Of one image: channels, height, width.
        exclude
            Names of layers that stay whole, or the words ``first`` and ``output``.
        units
            Whether units are to be removed. If not, there are no groups, and nothing that is
            against removing units is.

        Raises
        ------
        ValueError
            If a layer to exclude is not there, if images of this shape do not fit, or if units
            cannot be removed from the network: the message names all layers to exclude.
        """
        seen = trace(network, shape, units=units)
        names = layers_of(network)
        layers = {name: names[name] for name in seen.calls if name in names}
        if not layers:
            raise ValueError("the network has no convolution and no linear layer")
        left_out = excluded(exclude, list(layers))
        # Many small operations: threads that wait for each other on shared cores take minutes.
        with one_thread():
            groups = groups_in(network, shape, seen, left_out) if units else []
        # The weight that is computed is another one each time that it is looked at.
        own = {name: layer for name, layer in layers.items() if not _is_computed(layer)}
        if computed := [name for name in layers if name not in own and name not in left_out]:
            raise ValueError(
                f"weights of {', '.join(computed)} cannot be removed, because they are computed "
                f"from other parameters; exclude {', '.join(computed)}"
            )
        whole = {own[name].weight for name in left_out if name in own}
        first = {layer.weight: name for name, layer in reversed(own.items())}
        kept = {n: m for n, m in own.items() if first[m.weight] == n and m.weight not in whole}
        return cls(network, groups, kept)

    @property
    def weights(self) -> list[str]:
        """The names of the parameters that may lose single weights."""
        return [f"{name}.weight" for name in self.layers]

    @property
    def weight_counts(self) -> dict[str, int]:
        """How many weights each layer has."""
        return {name: layer.weight.numel() for name, layer in self.layers.items()}


def slim(
    network: nn.Module,
    shape: tuple[int, int, int],
    units: Units,
    exclude: Collection[str] = (),
) -> nn.Module:
    """A smaller copy of ``network`` without the units that the masks remove, in eval mode.

    Its outputs equal those of the network under
    :meth:`Structure.parameter_masks`.

    Parameters
    ----------
    shape
        Of one image: channels, height, width.
    units
        Which units stay, by the name of the group: truth values of shape ``(units,)``. Groups that
        are not named stay whole.
    exclude
        As in :meth:`Structure.of`.

    Raises
    ------
    ValueError
        If a group would lose all its units, or for the reasons of ``Structure.of``.
    """
    return Slimmer(network, Structure.of(network, shape, exclude)).shrink(units)


def _is_computed(layer: Layer) -> bool:
    """Whether a layer's weight is none of its parameters, but made of them each time."""
    return "weight" not in dict(layer.named_parameters(recurse=False))


def structure_or_why(network: nn.Module, shape: tuple[int, int, int]) -> tuple[Structure, str]:
    """All that can be removed of a network but its outputs.

    Returns
    -------
    structure
        Without groups where units cannot be removed.
    why
        The reason for that; nothing where they can.
    """
    try:
        return Structure.of(network, shape, [OUTPUT]), ""
    except ValueError as error:
        return Structure.of(network, shape, units=False), str(error)


def too_sparse(counts: Mapping[str, int], removed: Mapping[str, int]) -> str | None:
    """Why so much cannot be removed, with what to change; None if it can.

    Parameters
    ----------
    counts
        How many units each group or weights each layer has: :attr:`Structure.unit_counts` or
        :attr:`Structure.weight_counts`.
    removed
        How many of them are to go.
    """
    emptied = [name for name, count in counts.items() if removed.get(name, 0) >= count]
    if not emptied:
        return None
    return (
        f"Nothing would be left of {', '.join(emptied)}: ask for a lower sparsity, or exclude "
        f"{'it' if len(emptied) == 1 else 'them'}"
    )


def excluded(exclude: Collection[str], layers: list[str]) -> frozenset[str]:
    """The layers that names, or the words ``first`` and ``output``, stand for.

    Raises
    ------
    ValueError
        If there is no such layer; the message lists those that there are.
    """
    words = {FIRST: layers[0], OUTPUT: layers[-1]} if layers else {}
    if OUTPUT in exclude and OUTPUT in layers[:-1]:
        raise ValueError(
            f"a layer that is not the last one is called {OUTPUT}, which that word stands for: "
            f"exclude {layers[-1]} in its place, or give the layer another name"
        )
    named = frozenset(words.get(name, name) for name in exclude)
    if unknown := sorted(named - set(layers)):
        raise ValueError(
            f"there is no layer {', '.join(map(repr, unknown))} to exclude; there are "
            f"{', '.join(layers)}, and the words {FIRST} and {OUTPUT}"
        )
    return named
