"""What a network is at the end: settled, slimmed, timed."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from pruning.evaluation.batches import Splits
from pruning.evaluation.latency import latency, speedup
from pruning.experiments.guided_sparsity.settling import Settled, settled
from pruning.experiments.guided_sparsity.setup import Setup

# How many seconds a network is timed beside the whole one.
_SECONDS = 2.0
_REPEATS = 10


@dataclass(frozen=True)
class Measured:
    """What there is to tell of a network beside its last moment.

    Attributes
    ----------
    latency
        Of the slimmed network, in milliseconds.
    speedup
        How many times faster that is than the whole one: quartiles of the repeats, the median in
        the middle; None where it is the same, or where nothing passes through it.
    broken
        The layers of which nothing is left.
    """

    latency: float
    speedup: tuple[float, float, float] | None
    broken: tuple[str, ...]


def slimmed(setup: Setup, network: nn.Module, data: Splits) -> tuple[Settled, nn.Module]:
    """A network at the threshold, and the same without its dead units."""
    x = data.test.batch(slice(1))[0]
    at_end = settled(network, setup.structure, setup.config.threshold, x)
    return at_end, at_end.slimmed(setup.structure)


def measured(setup: Setup, network: nn.Module, data: Splits) -> Measured:
    """Slim a network and time it beside itself."""
    at_end, lean = slimmed(setup, network, data)
    masks = at_end.masks
    batch = data.test.batch(slice(0, min(setup.config.latency_batch, len(data.test))))[0]
    check = setup.context.check
    is_timed = masks.units and not masks.broken
    timed = speedup(network, lean, batch, _SECONDS, check) if is_timed else None
    return Measured(
        1000 * latency(lean, batch, _REPEATS),
        (timed.q1, timed.median, timed.q3) if timed else None,
        masks.broken,
    )
