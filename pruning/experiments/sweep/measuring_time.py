"""How long a sweep may measure speed-ups."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pruning.evaluation.latency import LIMIT
from pruning.experiments.sweep.setup import Setup

# What all networks of a run may take together: at least so many seconds, and more of a long run.
LEAST = 5.0
SHARE = 0.25
# What each may take in any case, as far as it needs it for a first look.
FIRST_LOOK = 1.0


@dataclass
class MeasuringTime:
    """The time for measuring, divided among the networks of a run that are still to come.

    Ten seconds for each network, as :func:`~pruning.evaluation.latency.speedup` would take on busy
    cores, would make a quarter of an hour of a default sweep that takes ten seconds. So all of
    them together get five seconds, or a quarter of what the run has taken so far where that is
    more: a run of an hour measures each as long as it needs. What one leaves, the others have.

    Attributes
    ----------
    networks
        How many are to come.
    """

    networks: int
    begun: float = field(default_factory=time.perf_counter)
    spent: float = 0.0

    @classmethod
    def of(cls, setup: Setup) -> MeasuringTime:
        """That of a run which begins now."""
        pruned = sum(sparsity > 0 for sparsity in setup.config.sparsities)
        return cls(len(setup.arms) * pruned * len(setup.config.seeds))

    @contextmanager
    def of_one(self, first_look: float) -> Iterator[float]:
        """The seconds that the next network may take, at most ten; what it takes is counted.

        Parameters
        ----------
        first_look
            Seconds that a measurement takes where nothing disturbs it: it gets these, up to one,
            whatever others have left.
        """
        begun = time.perf_counter()
        whole = max(LEAST, SHARE * (begun - self.begun))
        share = (whole - self.spent) / max(1, self.networks)
        yield max(min(share, LIMIT), min(first_look, FIRST_LOOK))
        self.spent += time.perf_counter() - begun
        self.networks -= 1
