"""Pictures that people put into notes: of which kinds they may be, and that they can be shown."""

from __future__ import annotations

import hashlib
import io
import re
import threading
from pathlib import PurePosixPath

from PIL import Image
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from backend.problems import Problem
from pruning.data.pictures import UNREADABLE

MOST_BYTES = 2 * 2**20
# Decoded, the most of them take 100 MB.
MOST_PIXELS = 24_000_000

_KINDS: tuple[tuple[re.Pattern[bytes], type[ImageFile], str], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), PngImageFile, "image/png"),
    (re.compile(rb"\xff\xd8\xff"), JpegImageFile, "image/jpeg"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), WebPImageFile, "image/webp"),
    (re.compile(rb"GIF8[79]a"), GifImageFile, "image/gif"),
)
_NAMED = re.compile(r"picture:([0-9a-f]{32})(?![0-9a-f])")
_MARKUP = re.compile(r"([\\`*_\[\]<>&!$])")
# Many uploads at once are decoded one after the other.
_decoding = threading.Lock()


def check_size(size: int) -> None:
    """A 413 for a picture that is too large."""
    if size > MOST_BYTES:
        raise Problem(
            413,
            "The picture is too large",
            f"A picture may have {MOST_BYTES // 2**20} MiB. Make it smaller, or save it as a JPEG "
            "or WebP.",
        )


def check_picture(content: bytes) -> None:
    """A 422 for what is no picture, is damaged or has too many pixels, a 413 for too large a one.

    It is decoded; of one that moves, the first frame.
    """
    check_size(len(content))
    _, reader, _ = _kind(content)
    try:
        # Reads the header only: the size is known before there is memory for the pixels.
        with _decoding, reader(io.BytesIO(content)) as image:
            _check_pixels(image)
            image.load()
    except (*UNREADABLE, Image.DecompressionBombError) as error:
        raise _unusable("The picture is damaged and cannot be read.") from error


def pixels_of(content: bytes) -> tuple[int, int]:
    """Width and height of a checked picture."""
    _, reader, _ = _kind(content)
    with reader(io.BytesIO(content)) as image:
        return image.size


def media_type_of(content: bytes) -> str:
    """The media type of a picture, by its content; a 422 for what is none."""
    return _kind(content)[2]


def digest_of(content: bytes) -> str:
    """What a picture is called: the first half of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:32]


def markdown_of(file: str, digest: str) -> str:
    """A picture in Markdown, with the name of its file as what it shows."""
    name = " ".join(PurePosixPath(file).stem.split()) or "Picture"
    words = _MARKUP.sub(r"\\\1", name)
    return f"![{words}](picture:{digest})"


def pictures_in(text: str) -> list[str]:
    """The pictures that a text names, as often as it does."""
    return _NAMED.findall(text)


def _kind(content: bytes) -> tuple[re.Pattern[bytes], type[ImageFile], str]:
    found = next((kind for kind in _KINDS if kind[0].match(content)), None)
    if found is None:
        raise _unusable("The file is no PNG, JPEG, WebP or GIF.")
    return found


def _check_pixels(image: ImageFile) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise _unusable(
            f"The picture is {width:,} × {height:,} pixels; "
            f"{MOST_PIXELS // 10**6} million are the most. Make it smaller."
        )


def _unusable(detail: str) -> Problem:
    return Problem(422, "The picture cannot be used", detail)
