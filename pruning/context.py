"""What an experiment gets from its surroundings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class CancelledError(Exception):
    """Somebody asked for the run to stop, and it has stopped."""


class CannotRunError(ValueError):
    """A run cannot be done as it was asked for; the message says what to change."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Context:
    """Where a run takes place.

    Attributes
    ----------
    data_dir
        A folder that outlives the run: data sets and trained networks are kept there.
    device
        A name that torch understands, such as ``cpu`` or ``cuda:0``.
    cancelled
        Whether somebody asked for the run to stop.
    artifacts
        A folder for the files that the run gives away, each named by an ``Artifact`` event;
        without one nothing is given away.
    scratch
        A folder that lasts as long as the run: an attempt after a crash finds there what the one
        before it had finished. Without one it starts over.
    """

    data_dir: Path
    device: str = "cpu"
    cancelled: Callable[[], bool] = _never
    artifacts: Path | None = None
    scratch: Path | None = None

    def check(self) -> None:
        """Raise :class:`CancelledError` if somebody asked for the run to stop.

        For work that takes long between two events.
        """
        if self.cancelled():
            raise CancelledError

    def generator(self, seed: int) -> torch.Generator:
        """A random generator of its own, so that equal seeds give equal numbers anywhere.

        It lives on the CPU: the same numbers come whatever the device.
        """
        import torch

        return torch.Generator().manual_seed(seed)
