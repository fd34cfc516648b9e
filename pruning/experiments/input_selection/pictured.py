"""Which epochs there are pictures of; known beforehand, since the slider's places are."""

from __future__ import annotations

# All of so many first epochs are pictured, then each that lies so much further: a run of 400
# epochs has 137 pictures.
_DENSE, _FURTHER = 40, 1.025


def pictured_epochs(epochs: int) -> list[int]:
    """The numbers of the epochs, rising, from 1; the last is among them."""
    found = list(range(1, min(epochs, _DENSE) + 1))
    while found[-1] < epochs:
        found.append(min(epochs, max(found[-1] + 1, round(found[-1] * _FURTHER))))
    return found
