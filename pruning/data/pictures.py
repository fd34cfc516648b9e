"""One image file to one array of bytes."""

from __future__ import annotations

import io
import struct
from pathlib import PurePosixPath
from typing import NamedTuple

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
_PNG = b"\x89PNG\r\n\x1a\n"
_READERS: dict[bytes, type[ImageFile]] = {
    _PNG: PngImageFile,
    b"\xff\xd8\xff": JpegImageFile,
    b"BM": BmpImageFile,
}
_GREY = ("1", "L", "LA", "La")
_DEEP = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
# How an image is turned to be seen, by its EXIF orientation (CIPA DC-008, tag 0x0112).
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
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


class Picture(NamedTuple):
    """An image as it is looked at.

    Attributes
    ----------
    pixels
        Shape ``(height, width)`` if it is grey, else with 3 channels behind.
    was_turned
        Whether its file lies in another way than it is to be seen.
    was_transparent
        Whether something would be seen through it; it lies on white.
    """

    pixels: Pixels
    was_turned: bool = False
    was_transparent: bool = False

    @property
    def size(self) -> str:
        """Its width and height."""
        height, width = self.pixels.shape[:2]
        return f"{width}×{height}"


def decode(path: PurePosixPath, data: bytes, side: int | None = None) -> Pixels:
    """The pixels of :func:`read_picture`."""
    return read_picture(path, data, side).pixels


def read_picture(path: PurePosixPath, data: bytes, side: int | None = None) -> Picture:
    """The image in ``data``, turned as its EXIF orientation says, transparent ones on white.

    The content decides on the format, not the suffix. With a ``side`` it may be larger, and comes
    back as a square, see :func:`.scaling.scale_and_crop`.

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
            if _has_wide_channels(data) or image.mode in _DEEP:
                raise ImportRefusedError(f"{path} has more than 8 bits a channel")
            return _seen(image, side)
    except ImportRefusedError:
        raise
    except UNREADABLE as error:
        raise ImportRefusedError(f"{path} is damaged and cannot be read") from error


def _has_wide_channels(data: bytes) -> bool:
    # Pillow reads colours of 16 bits, and says that they have 8: https://www.w3.org/TR/png/#11IHDR
    return data.startswith(_PNG) and data[24:25] == b"\x10"


def _seen(image: ImageFile, side: int | None) -> Picture:
    turn = _TURNS.get(_orientation(image))
    if side is not None:
        read_smaller(image, side)
    plain, was_transparent = _plain(image)
    turned = plain.transpose(turn) if turn is not None else plain
    cut = turned if side is None else scale_and_crop(turned, side)
    return Picture(np.asarray(cut), turn is not None, was_transparent)


def _orientation(image: ImageFile) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except UNREADABLE:
        # What cannot be read says nothing; the image itself may be whole.
        return 1


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


def _plain(image: ImageFile) -> tuple[Image.Image, bool]:
    """The image in grey or in colours, and whether it was transparent anywhere."""
    is_grey = image.mode in _GREY
    # A palette can only be turned into colours by way of RGBA.
    if not image.has_transparency_data:
        coloured = image.convert("RGBA") if image.mode in ("P", "PA") else image
        return coloured.convert("L" if is_grey else "RGB"), False
    over = image.convert("RGBA")
    alpha = over.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return image.convert("L") if is_grey else over.convert("RGB"), False
    white = Image.new("RGBA", over.size, "white")
    return Image.alpha_composite(white, over).convert("L" if is_grey else "RGB"), True
