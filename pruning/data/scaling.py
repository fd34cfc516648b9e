"""Images of all sizes to squares of one: scaled, and cropped to their middle."""

from __future__ import annotations

from PIL import Image
from PIL.ImageFile import ImageFile

from pruning.data.limits import LEAST_SIDE, SIDE, ImportRefusedError

# Decoded at no less than twice the size that is wanted, a JPEG looks as if it was decoded whole.
_SPARE = 2


def check_side(side: int | None, *, arrays: bool) -> None:
    """Refuse a side that is out of bounds, or that is given for arrays.

    Raises
    ------
    ImportRefusedError
        If it is either.
    """
    if side is None:
        return
    if arrays:
        raise ImportRefusedError(
            "an .npz is taken as it is, without a side; folders and archives of images are scaled"
        )
    if not LEAST_SIDE <= side <= SIDE:
        raise ImportRefusedError(f"a side has {LEAST_SIDE} to {SIDE} pixels")


def shorter_side(side: int) -> int:
    """To how many pixels an image's shorter side is scaled for a square of ``side``: 8/7 of it."""
    return -(-side * 8 // 7)


def read_smaller(image: ImageFile, side: int) -> None:
    """Have a JPEG decoded at a half, a quarter or an eighth of its size, where that is enough."""
    enough = _SPARE * shorter_side(side)
    image.draft(None, (enough, enough))


def scale_and_crop(image: Image.Image, side: int) -> Image.Image:
    """The central square of an image, ``side`` pixels wide.

    The shorter side is scaled to 8/7 of ``side``, bilinearly and without aliasing, and the middle
    is cut out: what torchvision does for ImageNet, ``Resize(256)`` and ``CenterCrop(224)``, up to
    the rounding of the longer side. That one is cut first, so that a long and thin image does not
    become a large one.
    """
    width, height = image.size
    short, scaled = min(image.size), shorter_side(side)
    left, top = (width - short) // 2, (height - short) // 2
    box = (left, top, left + short, top + short)
    square = image.resize((scaled, scaled), Image.Resampling.BILINEAR, box=box)
    edge = (scaled - side) // 2
    return square.crop((edge, edge, edge + side, edge + side))
