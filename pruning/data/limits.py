"""What an import may hold at most, and the error that says why one was refused.

The limits are generous for a dataset that a network is trained on in memory, and firm: an archive
that unpacks to more than its size suggests has to be refused before it fills a disk or the memory.
"""

from __future__ import annotations

FILES = 1_000_000
"""Files and folders of an archive."""

FILE_BYTES = 64 * 2**20
"""One image as a file."""

TOTAL_BYTES = 4 * 2**30
"""All files of an archive together, unpacked."""

PIXEL_BYTES = 2 * 2**30
"""All images together, decoded, one byte a value: what training holds in memory."""

SIDE = 512
"""Pixels along one side of an image."""

LEAST_SIDE = 8
"""Pixels along one side of what images are scaled to."""

SCALED_PIXELS = 2**30 // 4 // 3
"""Pixels of an image that is scaled: above a quarter of a GiB in colour, Pillow warns of bombs."""

CLASSES = 1000
"""Classes of a dataset."""

PER_CLASS = 2
"""Training images that every class has at least."""

NAME_LENGTH = 100
"""Letters of a class's name or a title."""

POINTS = 20_000
"""Points in the plane that a dataset has."""

POINTS_BYTES = 4 * 2**20
"""A CSV of points."""

POINTS_PER_CLASS = 4
"""Points that every class has at least: two to learn from, one to look at, one to test on."""

POINTS_CLASSES = 6
"""Classes of points in the plane: as many as there are colours that everybody tells apart."""

FARTHEST = 1e6
"""How far from the origin a point may lie, in both coordinates."""


class ImportRefusedError(ValueError):
    """Something that does not become a dataset; the message is one sentence for people."""


class Budget:
    """Counts what an archive announces and refuses it before that is read."""

    def __init__(self) -> None:
        self._files = 0
        self._bytes = 0

    def spend(self, path: str, size: int, most: int) -> None:
        """Count one member of ``size`` bytes; ``most`` is what one may have."""
        self._files += 1
        self._bytes += size
        if self._files > FILES:
            raise ImportRefusedError(f"it holds more than {FILES:,} files")
        if size > most:
            raise ImportRefusedError(
                f"{path} would unpack to {in_mib(size)}, more than the {in_mib(most)} that a file "
                "may have"
            )
        if self._bytes > TOTAL_BYTES:
            raise ImportRefusedError(f"it would unpack to more than {in_mib(TOTAL_BYTES)}")


def in_mib(size: int) -> str:
    """A size in words."""
    return f"{size / 2**20:,.0f} MiB"
