"""Torch's default generators, lent to one user at a time.

Dropout and other layers draw from the default generators, which everything in the process shares.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


class DefaultGenerators:
    """A stream of random numbers that flows through the default generators.

    It goes on where it stopped, whatever others draw meanwhile, and what others draw goes on as if
    it had not been there.

    Parameters
    ----------
    device
        Its generator is lent too.
    """

    def __init__(self, seed: int, device: str) -> None:
        self._gpu = device if torch.device(device).type == "cuda" else None
        outside = self._states()
        torch.default_generator.manual_seed(seed)
        if self._gpu:
            with torch.cuda.device(self._gpu):
                torch.cuda.manual_seed(seed)
        self._inside = self._states()
        self._set(outside)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Let the default generators draw from this stream."""
        outside = self._states()
        self._set(self._inside)
        try:
            yield
        finally:
            self._inside = self._states()
            self._set(outside)

    def _states(self) -> list[Tensor]:
        states = [torch.get_rng_state()]
        return [*states, torch.cuda.get_rng_state(self._gpu)] if self._gpu else states

    def _set(self, states: list[Tensor]) -> None:
        torch.set_rng_state(states[0])
        if self._gpu:
            torch.cuda.set_rng_state(states[1], self._gpu)
