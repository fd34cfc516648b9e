"""Weights from a file into a network."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pruning.models.state import load_state

if TYPE_CHECKING:
    from torch import Tensor, nn

SHOWN = 4


class WeightsError(ValueError):
    """A file's weights do not fit; the message says which and why."""


def load_weights(network: nn.Module, path: Path) -> None:
    """Load a safetensors file into ``network``, which stays as it was if anything does not fit.

    Parameters
    ----------
    network
        Its parameters and buffers must all be in the file, under their names and in their shapes;
        a wrapper's name may stand before each, see :func:`prefix_in`.

    Raises
    ------
    WeightsError
        If the file is not safetensors, or names are missing, unknown or of another shape, or
        values are not finite.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        found = load_file(path)
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path.name} cannot be read as safetensors: {error}") from error
    prefix = prefix_in(found, network.state_dict())
    found = {name.removeprefix(prefix): tensor for name, tensor in found.items()}
    if reasons := _misfits(network.state_dict(), found):
        raise WeightsError(f"{path.name} does not fit the network: {'; '.join(reasons)}")
    load_state(network, found)


def prefix_in(found: Iterable[str], wanted: Collection[str]) -> str:
    """What a wrapper has put before the names of a network's weights, nothing if none has.

    ``module.`` is that of ``DataParallel``, ``_orig_mod.`` that of ``torch.compile``, ``model.``
    that of Lightning and of many others.

    Parameters
    ----------
    found
        The names in a file.
    wanted
        Those of the network.
    """
    found = set(found)
    if not wanted or not found.isdisjoint(wanted):
        return ""
    prefixes = {
        name.removesuffix(own) for own in wanted for name in found if name.endswith(f".{own}")
    }
    # Of a network in a network, the one that has most of the names.
    return max(
        sorted(prefixes),
        key=lambda prefix: sum(f"{prefix}{own}" in found for own in wanted),
        default="",
    )


def _misfits(wanted: dict[str, Tensor], found: dict[str, Tensor]) -> list[str]:
    shapes = [
        f"{name} is {tuple(found[name].shape)} in place of {tuple(tensor.shape)}"
        for name, tensor in wanted.items()
        if name in found and found[name].shape != tensor.shape
    ]
    infinite = [name for name, tensor in found.items() if not tensor.isfinite().all()]
    problems = {
        "it lacks": [name for name in wanted if name not in found],
        "it has unknown": [name for name in found if name not in wanted],
        "shapes differ:": shapes,
        "values are not finite in": infinite,
    }
    return [f"{problem} {_some(names)}" for problem, names in problems.items() if names]


def _some(names: Collection[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(list(names)[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
