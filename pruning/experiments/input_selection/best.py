"""The best epochs of all kinds and repeats, and what can be said of the order of the kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from scipy.stats import ttest_ind_from_stats

from pruning.events import Event, Table
from pruning.experiments.images.dense import mean_and_sd
from pruning.experiments.input_selection.config import KINDS, Kind
from pruning.experiments.input_selection.outputs import (
    BEST,
    LIMITS,
    ORDER,
    SUMMARY,
    TRADE_OFF,
)

# Two means are told apart where chance alone would set repeats so far apart this rarely.
LEVEL = 0.05


@dataclass(frozen=True)
class BestEpoch:
    """The best epoch of a repeat in one interval of Q.

    Attributes
    ----------
    q_interval
        The upper end of the interval.
    q
        The share of the input that is sent, of test images.
    accuracy, validation_accuracy
        On the test set, and on the images by which it was chosen; None where none are held out.
    """

    kind: Kind
    repeat: int
    q_interval: float
    q: float
    accuracy: float
    validation_accuracy: float | None
    epoch: int

    @property
    def chosen_by(self) -> float:
        """What it is the best by."""
        return self.accuracy if self.validation_accuracy is None else self.validation_accuracy


@dataclass
class Comparison:
    """Takes in the best epochs of one training after another, and says what they come to.

    Attributes
    ----------
    shape
        Of one image: channels, height, width.
    """

    shape: tuple[int, int, int]
    found: list[BestEpoch] = field(default_factory=list)

    def add(self, epochs: Sequence[BestEpoch]) -> Iterator[Event]:
        """Those of one training; what is known of their kind by now."""
        self.found += epochs
        values = prod(self.shape)
        yield BEST.rows({**vars(e), "bytes_saved": (1 - e.q) * values} for e in epochs)
        for q_interval in sorted({epoch.q_interval for epoch in epochs}):
            yield from self._summary(epochs[0].kind, q_interval)

    def _summary(self, kind: Kind, q_interval: float) -> Iterator[Event]:
        known = [e for e in self.found if (e.kind, e.q_interval) == (kind, q_interval)]
        accuracy, sd = mean_and_sd([epoch.accuracy for epoch in known])
        yield from TRADE_OFF.band(q_interval, accuracy, sd, {"kind": kind})
        yield SUMMARY.row(
            kind=kind,
            q_interval=q_interval,
            repeats=len(known),
            accuracy=accuracy,
            sd=sd if len(known) > 1 else None,
            q=mean_and_sd([epoch.q for epoch in known])[0],
        )

    def order(self) -> Iterator[Table]:
        """Which kind is better, where the repeats tell it."""
        for limit in LIMITS:
            by_kind = {
                kind: found for kind in KINDS if (found := self._best_of_repeats(kind, limit))
            }
            for kind, accuracies in by_kind.items():
                accuracy, sd = mean_and_sd(accuracies)
                yield ORDER.row(
                    q_limit=limit,
                    kind=kind,
                    repeats=len(accuracies),
                    accuracy=accuracy,
                    sd=sd if len(accuracies) > 1 else None,
                    not_told_from=_not_told(kind, by_kind),
                )

    def _best_of_repeats(self, kind: Kind, limit: float) -> list[float]:
        """Of each repeat the accuracy of its best epoch that sends at most so much."""
        best: dict[int, BestEpoch] = {}
        for epoch in self.found:
            if epoch.kind == kind and epoch.q <= limit:
                known = best.setdefault(epoch.repeat, epoch)
                best[epoch.repeat] = max(known, epoch, key=lambda each: each.chosen_by)
        return [epoch.accuracy for epoch in best.values()]


def _not_told(kind: Kind, by_kind: Mapping[Kind, Sequence[float]]) -> str:
    """The kinds that the repeats do not tell from this one; in words where nothing was tested."""
    others = {other: theirs for other, theirs in by_kind.items() if other != kind}
    if others and len(by_kind[kind]) < 2:
        return "not tested: one repeat"
    return ", ".join(
        KINDS[other] + (" (one repeat)" if len(theirs) < 2 else "")
        for other, theirs in others.items()
        if not told_apart(by_kind[kind], theirs)
    )


def told_apart(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether the means of two sets of repeats differ by more than chance, by Welch's test."""
    if min(len(one), len(other)) < 2:
        return False
    (mean, sd), (others_mean, others_sd) = mean_and_sd(one), mean_and_sd(other)
    if not (sd or others_sd):
        return mean != others_mean
    test = ttest_ind_from_stats(
        mean, sd, len(one), others_mean, others_sd, len(other), equal_var=False
    )
    return bool(test.pvalue < LEVEL)
