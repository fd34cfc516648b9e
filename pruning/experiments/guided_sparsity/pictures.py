"""A moment of a network as a picture of its units, and as numbers of its layers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pruning.events import Array, Event, Frame
from pruning.experiments.guided_sparsity.entrants import Entrant
from pruning.experiments.guided_sparsity.moments import Moment
from pruning.experiments.guided_sparsity.outputs import LAYERS, UNITS

# Of energies: what is below counts as the least.
LOWEST, HIGHEST = -12.0, 4.0
_BINS = np.linspace(LOWEST, HIGHEST, 65)

Floats = npt.NDArray[np.float32]


def units_frame(entrant: Entrant, moment: Moment) -> Frame:
    """Each unit by its energy, and how energies are distributed in each layer."""
    one, nan = np.float32(1), np.float32(np.nan)
    logs = {name: _log(each.numpy()) for name, each in moment.energies.items()}
    dead = {name: np.where(each.numpy(), one, nan) for name, each in moment.dead.items()}
    arrays = {
        "energy": Array.of(_rows(list(logs.values())), "f4"),
        "dead": Array.of(_rows(list(dead.values())), "f4"),
        "edges": Array.of((_BINS[:-1] + _BINS[1:]) / 2, "f4"),
    }
    for name, values in logs.items():
        counts = np.histogram(np.clip(values, LOWEST, HIGHEST), _BINS)[0]
        arrays[f"counts of {name}"] = Array.of(counts, "i4")
    return Frame(name=UNITS.name.format(entrant=entrant.name), at=moment.step, arrays=arrays)


def layer_rows(entrant: Entrant, moment: Moment) -> Event:
    """What is alive in each layer."""
    return LAYERS.rows(
        {
            "entrant": entrant.name,
            "step": moment.step,
            "layer": name,
            "units": len(moment.energies[name]),
            "alive": moment.alive[name],
            "share": moment.alive[name] / len(moment.energies[name]),
            "zeros": zeros,
        }
        for name, zeros in moment.zeros.items()
    )


def _log(energies: Floats) -> Floats:
    return np.log10(np.maximum(energies, 10**LOWEST)).astype(np.float32)


def _rows(values: list[Floats]) -> Floats:
    """Rows of different lengths in one array, not a number where a row has ended."""
    found = np.full((len(values), max(map(len, values))), np.nan, np.float32)
    for row, each in zip(found, values, strict=True):
        row[: len(each)] = each
    return found
