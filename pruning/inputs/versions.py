"""Cheaper versions of images: thumbnails, and JPEGs of them; importable without torch.

A version has the size of the original, so that a mask can choose between them: a thumbnail is
enlarged again, a JPEG is decoded. All versions of an image lie one behind the other as channels,
version by version, so that they are cropped and mirrored together.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from pruning.data.image_base import Pixels

Costs = npt.NDArray[np.float64]

# So many images are worked on at a time: a JPEG takes a fifth of a millisecond, and between two
# blocks people are told how far it is.
_BLOCK = 256


class Size(NamedTuple):
    """Of an image, in pixels."""

    height: int
    width: int


@dataclass(frozen=True)
class Versions:
    """Which versions of images there are: every thumbnail, and every JPEG quality of each.

    Attributes
    ----------
    thumbnails
        Sizes of smaller images; the original comes first, and is not among them.
    qualities
        Of JPEGs, from 1 to 100; the pixels as they are come first.

    Raises
    ------
    ValueError
        If a size or a quality is none.
    """

    thumbnails: tuple[Size, ...] = ()
    qualities: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if any(min(size) < 1 for size in self.thumbnails):
            raise ValueError("a thumbnail has at least one row and one column")
        if any(not 1 <= quality <= 100 for quality in self.qualities):
            raise ValueError("the quality of a JPEG is from 1 to 100")

    @property
    def shape(self) -> tuple[int, int]:
        """How many sizes and how many qualities there are, the original's included."""
        return 1 + len(self.thumbnails), 1 + len(self.qualities)

    def check(self, image: tuple[int, int, int]) -> None:
        """Whether images of shape ``(channels, height, width)`` have such versions.

        Raises
        ------
        ValueError
            If a thumbnail is larger than the image, or the image is neither grey nor coloured.
        """
        channels, height, width = image
        for size in self.thumbnails:
            if size.height > height or size.width > width:
                raise ValueError(
                    f"a thumbnail of {size.height} × {size.width} is larger than the images of "
                    f"{height} × {width} pixels: choose smaller ones"
                )
        if self.qualities and channels not in (1, 3):
            raise ValueError(
                f"there are no JPEGs of images with {channels} channels: choose no qualities"
            )

    def of(self, x: Pixels) -> Iterator[tuple[Pixels, Costs]]:
        """The versions of images, and what they cost, some images at a time.

        Parameters
        ----------
        x
            Shape ``(n, channels, height, width)``.

        Yields
        ------
        Pixels
            Shape ``(b, sizes · qualities · channels, height, width)``.
        Costs
            Bytes of each image's versions as a share of those of its pixels, one byte a value:
            shape ``(b, sizes, qualities)``. A JPEG's are those of its file, a thumbnail's those
            of its pixels.

        Raises
        ------
        ValueError
            As :meth:`check`.
        """
        self.check((x.shape[1], x.shape[2], x.shape[3]))
        for start in range(0, len(x), _BLOCK):
            yield self._block(x[start : start + _BLOCK])

    def _block(self, x: Pixels) -> tuple[Pixels, Costs]:
        count, channels, *whole = x.shape
        original = Size(*whole)
        made = np.empty((count, *self.shape, *x.shape[1:]), np.uint8)
        costs = np.empty((count, *self.shape))
        for i, size in enumerate((original, *self.thumbnails)):
            small = resized(x, size)
            made[:, i, 0] = resized(small, original)
            costs[:, i, 0] = size.height * size.width / (original.height * original.width)
            for j, quality in enumerate(self.qualities, 1):
                decoded, lengths = zip(*(as_jpeg(image, quality) for image in small), strict=True)
                made[:, i, j] = resized(np.stack(decoded), original)
                costs[:, i, j] = np.divide(lengths, channels * original.height * original.width)
        return made.reshape(count, -1, *whole), costs


def resized(x: Pixels, size: Size) -> Pixels:
    """Every pixel is the nearest one of ``x``: that in which its centre lies.

    Parameters
    ----------
    x
        Shape ``(n, channels, height, width)``.
    """
    if x.shape[2:] == size:
        return x
    rows, columns = (
        (2 * np.arange(new) + 1) * old // (2 * new)
        for new, old in zip(size, x.shape[2:], strict=True)
    )
    return x[:, :, rows[:, None], columns]


def as_jpeg(image: Pixels, quality: int) -> tuple[Pixels, int]:
    """What an image looks like after it was a JPEG, and how many bytes that took.

    Parameters
    ----------
    image
        Shape ``(channels, height, width)``, grey or coloured.
    """
    file = io.BytesIO()
    grey = len(image) == 1
    pixels = image[0] if grey else np.ascontiguousarray(image.transpose(1, 2, 0))
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    length = file.tell()
    with closing(Image.open(file)) as opened:
        decoded = np.asarray(opened)
    return decoded[None] if grey else decoded.transpose(2, 0, 1), length


def mean_costs(costs: Costs) -> Costs:
    """What a version costs on average, at most what its pixels as they are would.

    Where the JPEG of small images is longer than these, their pixels are sent instead.

    Parameters
    ----------
    costs
        Of many images, shape ``(n, sizes, qualities)``.
    """
    means: Costs = costs.mean(0)
    return means.clip(max=means[:, :1])
