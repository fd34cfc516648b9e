"""One image file to one array of bytes."""

from __future__ import annotations

import io
import struct
from pathlib import PurePosixPath

import numpy as np
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from pruning.data.image_base import Pixels
from pruning.data.limits import SCALED_PIXELS, SIDE, ImportRefusedError
from pruning.data.scaling import read_smaller, scale_and_crop

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
_READERS: dict[bytes, type[ImageFile]] = {
    b"\x89PNG\r\n\x1a\n": PngImageFile,
    b"\xff\xd8\xff": JpegImageFile,
    b"BM": BmpImageFile,
}
_GREY = ("1", "L", "LA", "La")
_DEEP = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
# What Pillow's readers raise for files that are not what they begin like.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    EOFError,
    struct.error,
)


def decode(path: PurePosixPath, data: bytes, side: int | None = None) -> Pixels:
    """The image in ``data``, shape ``(height, width)`` if it is grey, else with 3 channels behind.

    The content decides on the format, not the suffix. Transparency is dropped. With a ``side`` it
    may be larger, and comes back as a square, see :func:`.scaling.scale_and_crop`.

    Raises
    ------
    ImportRefusedError
        If it is no PNG, JPEG or BMP, is damaged, is too large or has more than 8 bits a channel.
    """
    reader = next((kind for mark, kind in _READERS.items() if data.startswith(mark)), None)
    if reader is None:
        raise ImportRefusedError(f"{path} is no PNG, JPEG or BMP image")
    try:
        # Reads the header only: the size is known before there is memory for the pixels.
        with reader(io.BytesIO(data)) as image:
            _check(path, image, side)
            if side is None:
                return np.asarray(_plain(image))
            read_smaller(image, side)
            return np.asarray(scale_and_crop(_plain(image), side))
    except ImportRefusedError:
        raise
    except UNREADABLE as error:
        raise ImportRefusedError(f"{path} is damaged and cannot be read") from error


def _check(path: PurePosixPath, image: ImageFile, side: int | None) -> None:
    width, height = image.size
    if side is None and max(image.size) > SIDE:
        raise ImportRefusedError(
            f"{path} is {width}×{height} pixels; make it {SIDE}×{SIDE} or smaller, or give a side "
            "to scale and crop images to"
        )
    if width * height > SCALED_PIXELS:
        raise ImportRefusedError(
            f"{path} is {width}×{height} pixels; images of up to {SCALED_PIXELS / 1e6:.0f} million "
            "are scaled"
        )
    if image.mode in _DEEP:
        raise ImportRefusedError(f"{path} has more than 8 bits a channel")


def _plain(image: ImageFile) -> Image.Image:
    """The image in grey, or in colours without transparency."""
    if image.mode in _GREY:
        return image.convert("L")
    # A palette with transparency can only be turned into colours by way of RGBA.
    coloured = image.convert("RGBA") if image.mode in ("P", "PA") else image
    return coloured.convert("RGB")
