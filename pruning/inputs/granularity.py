"""What of an image is kept or dropped together; importable without torch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

# The grids that were published [oehmcke2022]_, by their names there.
GRIDS = {"quadrant": 2, "nondrant": 3, "5drant": 5, "CXLIVdrant": 12, "48drant": 48}
# One element for every value, every pixel, every channel, or for the whole image.
NAMES = ("subpixel", "pixel", "channel", "version")

_PER_CHANNEL = "sub"
_GRID = re.compile(r"([1-9]\d{0,3})x\1")


class MaskShape(NamedTuple):
    """How many elements a mask has, or an image values."""

    channels: int
    height: int
    width: int


@dataclass(frozen=True)
class Granularity:
    """What an element of a mask covers.

    Attributes
    ----------
    per_channel
        Whether every channel has elements of its own.
    side
        The elements lie in a grid of ``side`` rows and as many columns over the image; without
        one there is an element for each of its pixels.
    """

    per_channel: bool
    side: int | None

    def __str__(self) -> str:
        """The name that :func:`parse_granularity` reads; that of a published grid is its size."""
        match self.side:
            case None:
                return "subpixel" if self.per_channel else "pixel"
            case 1:
                return "channel" if self.per_channel else "version"
            case side:
                return f"{_PER_CHANNEL if self.per_channel else ''}{side}x{side}"

    def elements(self, image: tuple[int, int, int]) -> MaskShape:
        """The shape of the mask of an image of shape ``(channels, height, width)``.

        Raises
        ------
        ValueError
            If the grid has more rows or columns than the image; the message says what fits.
        """
        channels, height, width = image
        most = min(height, width)
        if self.side and self.side > most:
            raise ValueError(
                f"a mask of {self.side} × {self.side} blocks does not fit images of "
                f"{height} × {width} pixels: choose at most {most}x{most}, or pixel"
            )
        return MaskShape(
            channels if self.per_channel else 1, self.side or height, self.side or width
        )


def parse_granularity(text: str) -> Granularity:
    """Read the name of a granularity.

    Parameters
    ----------
    text
        ``subpixel`` (an element for every value), ``pixel``, ``channel``, ``version`` (one for
        the whole image), or a grid of k by k blocks over the image: ``KxK``, such as ``12x12``,
        and ``subKxK`` where every channel has blocks of its own. Published grids go by their
        names, too: see :data:`GRIDS`.

    Raises
    ------
    ValueError
        If it is none; the message says what there is.
    """
    name = text.strip()
    if name in NAMES:
        return Granularity(name in ("subpixel", "channel"), None if "pixel" in name else 1)
    grid = name.removeprefix(_PER_CHANNEL)
    found = _GRID.fullmatch(grid)
    side = int(found[1]) if found else GRIDS.get(grid)
    if side is None:
        raise ValueError(
            f"{text!r} is no granularity: choose {', '.join(NAMES)}, as many blocks in a row as "
            f"in a column, such as 12x12 (sub12x12 for each channel by itself), or "
            f"{', '.join(GRIDS)}"
        )
    return Granularity(name != grid, side)
