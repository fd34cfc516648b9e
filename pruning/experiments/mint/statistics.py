"""What is told of pruned networks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from pruning.events import Event
from pruning.experiments.images.dense import mean_and_sd
from pruning.experiments.mint.cuts import ScoredLayer
from pruning.experiments.mint.cutting import Cut
from pruning.experiments.mint.fields import VariantName
from pruning.experiments.mint.outputs import ACCURACY_TABLE, AGAINST, COMPARED, PAIRS, SUMMARY
from pruning.experiments.quantities import WEIGHTS
from pruning.structure.dead_units import Masks


@dataclass(frozen=True)
class Measured:
    """One network.

    Attributes
    ----------
    asked
        Per cent; 0 is the dense network.
    compared, whole
        The share of weights that is gone, of the compared layers and of the network.
    before, best
        Accuracy right after pruning and of the best epoch after it; None of the dense network.
    """

    variant: VariantName
    seed: int
    asked: float
    compared: float
    whole: float
    before: float | None
    accuracy: float
    best: float | None
    parameters: int
    bytes_sparse: int
    bytes_slim: int
    units_cut: int
    speedup: tuple[float | None, float | None, float | None]


class Statistics:
    """Means over the seeds of one variant.

    Parameters
    ----------
    seeds
        How many there will be. Nothing is told of a percentage before all are there: where the
        points of curves lie is a mean, too.
    """

    def __init__(self, seeds: int) -> None:
        self._seeds = seeds
        self._known: dict[float, list[Measured]] = defaultdict(list)

    def add(self, one: Measured) -> Iterator[Event]:
        """A row of the network, and means where it was the last of its percentage."""
        yield _row(one)
        known = self._known[one.asked]
        known.append(one)
        if len(known) == self._seeds:
            yield from _means(known)


def _row(one: Measured) -> Event:
    first, middle, third = one.speedup
    return ACCURACY_TABLE.row(
        variant=one.variant,
        pruned_percent_asked=one.asked,
        pruned_percent=100 * one.compared,
        pruned_percent_all=100 * one.whole,
        accuracy_before_retraining=one.before,
        accuracy=one.accuracy,
        best_epoch_accuracy=one.best,
        parameters=one.parameters,
        bytes_sparse=one.bytes_sparse,
        bytes_slim=one.bytes_slim,
        units_cut=one.units_cut,
        speedup_measured=middle,
        speedup_measured_q1=first,
        speedup_measured_q3=third,
        seed=one.seed,
    )


def _means(known: Sequence[Measured]) -> Iterator[Event]:
    one = known[0]
    accuracy, sd = mean_and_sd([each.accuracy for each in known])
    words = {"variant": one.variant}
    shares = {
        COMPARED: fmean(each.compared for each in known),
        WEIGHTS: fmean(each.whole for each in known),
    }
    for quantity, share in shares.items():
        yield from AGAINST[quantity].band(share, accuracy, sd, words)
    best = [each.best for each in known if each.best is not None]
    yield SUMMARY.row(
        variant=one.variant,
        pruned_percent_asked=one.asked,
        seeds=len(known),
        pruned_percent=100 * shares[COMPARED],
        pruned_percent_all=100 * shares[WEIGHTS],
        accuracy=accuracy,
        sd=sd if len(known) > 1 else None,
        best_epoch_accuracy=fmean(best) if best else None,
        bytes_sparse=round(fmean(each.bytes_sparse for each in known)),
    )


def layer_rows(
    variant: VariantName,
    asked: float,
    layers: Sequence[ScoredLayer],
    cuts: Sequence[Cut],
    masks: Masks,
    seed: int,
) -> Event:
    """What went of each layer."""
    return PAIRS.rows(
        {
            "variant": variant,
            "pruned_percent_asked": asked,
            "layer": layer.name,
            "weights": int(layer.weights.sum()),
            "pruned": float(layer.weights[cut.gone].sum() / layer.weights.sum()),
            "gone": float((~masks.parameters[f"{layer.name}.weight"]).double().mean()),
            "blocks": layer.scores.size,
            "blocks_pruned": float(cut.gone.mean()),
            "cutoff": cut.cutoff,
            "limited": "yes" if cut.limited else "no",
            "seed": seed,
        }
        for layer, cut in zip(layers, cuts, strict=True)
    )
