"""What a run may take while it goes on: beyond that it fails, alone and with the reason."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from backend.settings import Settings

_GIB = 2**30


@dataclass
class Limits:
    """The limits of one run, looked after while its lease is renewed.

    Attributes
    ----------
    hours, gib, result_mib
        The most that it may take: time, memory of its process, and what it says.
    """

    hours: float
    gib: float
    result_mib: float
    _begun: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """As the settings have them."""
        return cls(settings.most_hours, settings.memory_gib, settings.most_result_mib)

    def exceeded(self) -> str:
        """Which limit of time or memory is exceeded, and what to do; nothing if none is."""
        if time.monotonic() - self._begun > 3600 * self.hours:
            return (
                f"It took longer than the {self.hours:g} hours that a run may take here "
                "(PRUNELAB_MOST_HOURS): fewer epochs, seeds or sparsities take less."
            )
        if psutil.Process().memory_info().rss > _GIB * self.gib:
            return (
                f"It needed more than the {self.gib:.3g} GiB that a run may take here "
                "(PRUNELAB_MOST_GIB): a smaller batch, grid or network takes less."
            )
        return ""

    def said_too_much(self, count: int) -> str:
        """Whether ``count`` bytes are more than a run may say, and what to do."""
        if count <= self.result_mib * 2**20:
            return ""
        return (
            f"Its result is larger than the {self.result_mib:g} MiB that a run may have here "
            "(PRUNELAB_MOST_RESULT_MIB): a coarser grid, or fewer sparsities and criteria, take "
            "less."
        )


def be_ended_first() -> None:
    """Where Linux runs out of memory, it is this process that ends, and not one of the others."""
    score = Path("/proc/self/oom_score_adj")
    if os.access(score, os.W_OK):
        score.write_text("500")
