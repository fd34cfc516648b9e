"""The headers of ``.npy`` files, read by a grammar of their own.

numpy evaluates a header as Python, which takes memory and fails in many ways on what nobody means;
of what `numpy.save` writes for arrays of plain values nothing but this is needed
(https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
"""

from __future__ import annotations

import math
import re
from typing import IO, Any, NamedTuple

import numpy as np

_MAGIC = b"\x93NUMPY"
# How many bytes say how long a header is, and how it is encoded, by the version of the format.
_VERSIONS = {(1, 0): (2, "latin-1"), (2, 0): (4, "latin-1"), (3, 0): (4, "utf-8")}
_MOST_BYTES = 10_000
_MOST_AXES = 32
_PAIR = re.compile(
    r"""\s*['"](?P<key>\w{1,20})['"]\s*:\s*
    (?:['"](?P<text>[^'"]{1,20})['"]|(?P<truth>True|False)|\((?P<numbers>[-\d\s,L]{0,800})\)
    |(?P<fields>\[[^\]]{1,900}\]))
    \s*(?:,|(?=\}))""",
    re.VERBOSE | re.ASCII,
)
_NUMBER = re.compile(r"-?\d{1,18}L?", re.ASCII)
# Other types than those of numbers, too, so that whoever reads can say why they are not taken.
_TYPE = re.compile(r"[<>=|]?[a-zA-Z]\d{0,9}(\[\w{1,4}\])?", re.ASCII)


class HeaderError(ValueError):
    """It is no header of an array of plain values; the message says why."""


class ArrayHeader(NamedTuple):
    """What an ``.npy`` says of its array; that of records is of type void.

    Sizes are as they are written, and may be negative.
    """

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]

    @property
    def values(self) -> int:
        """How many values it has."""
        return math.prod(self.shape)


def read_header(file: IO[bytes]) -> ArrayHeader:
    """Read a header; the file then stands at the array's first value.

    Raises
    ------
    HeaderError
        Whatever is wrong with it.
    """
    start = _exactly(file, len(_MAGIC) + 2)
    version = start[-2], start[-1]
    if not start.startswith(_MAGIC) or version not in _VERSIONS:
        raise HeaderError("it does not begin as an .npy file does")
    width, encoding = _VERSIONS[version]
    length = int.from_bytes(_exactly(file, width), "little")
    if length > _MOST_BYTES:
        raise HeaderError(f"its header has more than {_MOST_BYTES:,} bytes")
    try:
        return _parsed(_exactly(file, length).decode(encoding))
    except UnicodeDecodeError as error:
        raise HeaderError("its header is no text") from error


def _exactly(file: IO[bytes], count: int) -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise HeaderError("it ends within its header")
    return found


def _parsed(text: str) -> ArrayHeader:
    pairs = _pairs(text.strip())
    if pairs.keys() != {"descr", "fortran_order", "shape"}:
        raise HeaderError("its header does not say type, order and shape")
    return ArrayHeader(
        _shape(pairs["shape"]["numbers"]),
        pairs["fortran_order"]["truth"] == "True",
        _dtype(**pairs["descr"]),
    )


def _pairs(text: str) -> dict[str, dict[str, str | None]]:
    """What the header says under each name."""
    found: dict[str, dict[str, str | None]] = {}
    place, end = 1, len(text) - 1
    if not (text.startswith("{") and text.endswith("}")):
        raise HeaderError("its header is no dictionary")
    while text[place:end].strip():
        pair = _PAIR.match(text, place)
        if pair is None or pair["key"] in found:
            raise HeaderError("its header is none of an array of plain values")
        found[pair["key"]] = pair.groupdict()
        place = pair.end()
    return found


def _shape(numbers: str | None) -> tuple[int, ...]:
    parts = [part.strip() for part in (numbers or "").split(",")]
    if numbers is None or len(parts) > _MOST_AXES:
        raise HeaderError("its shape is none")
    # There is a comma behind the last of one, and none behind that of several.
    sizes = parts[:-1] if not parts[-1] else parts
    if not all(map(_NUMBER.fullmatch, sizes)) or (len(parts) == 1 and parts[0]):
        raise HeaderError("its shape is none")
    return tuple(int(size.rstrip("L")) for size in sizes)


def _dtype(text: str | None, fields: str | None, **_: str | None) -> np.dtype[Any]:
    if fields:
        return np.dtype("V")
    if text is None or not _TYPE.fullmatch(text):
        raise HeaderError("its values are of no type")
    try:
        return np.dtype(text)
    except TypeError as error:
        raise HeaderError(f"it has values of the type {text}, which numpy does not know") from error
