"""Which epochs there are pictures of, and how those of images stand: known before a run is."""

from __future__ import annotations

# All of so many first epochs are pictured, then each that lies so much further: a run of 400
# epochs has 137 pictures.
_DENSE, _FURTHER = 40, 1.025
# Of so many test images one sees what is sent, of so many the masks.
EXAMPLES, INSTANCES = 6, 3
# So many classes stand beside each other; where there are more of them than make two rows, so many.
_ABREAST, _ABREAST_OF_MANY = 5, 10


def pictured_epochs(epochs: int) -> list[int]:
    """The numbers of the epochs, rising, from 1; the last is among them."""
    found = list(range(1, min(epochs, _DENSE) + 1))
    while found[-1] < epochs:
        found.append(min(epochs, max(found[-1] + 1, round(found[-1] * _FURTHER))))
    return found


def classes_abreast(classes: int) -> int:
    """How many classes stand beside each other in a picture of all of them."""
    return _ABREAST if classes <= 2 * _ABREAST else _ABREAST_OF_MANY
