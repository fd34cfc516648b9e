"""Images in arrays as people have them, to bytes with the channels first."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pruning.array_headers import ArrayHeader
from pruning.data.image_base import Pixels
from pruning.data.limits import PIXEL_BYTES, SIDE, ImportRefusedError, in_mib
from pruning.events import Progress

_CHANNELS = (1, 3)
_TRANSPARENT = 4
_LEAST_FLAT = 16
# How far from whole numbers floats are that were divided by 255 and multiplied again.
_NEAR = 0.01
Pieces = Iterator[npt.NDArray[Any]]


class Range(NamedTuple):
    """The lowest and the highest value of an array."""

    low: float
    high: float


def check_images(name: str, header: ArrayHeader) -> None:
    """Refuse by its header what is no array of images.

    Raises
    ------
    ImportRefusedError
        If its type, its axes or its size cannot be taken.
    """
    if header.dtype.kind not in "uibf":
        raise ImportRefusedError(
            f"{name} is of type {header.dtype}; it has to be of whole numbers from 0 to 255, or of "
            "floats from 0 to 1"
        )
    if header.values > PIXEL_BYTES:
        raise ImportRefusedError(f"{name} has more than {in_mib(PIXEL_BYTES)} of pixels")
    shape = _shape(name, header.shape)
    axes = _axes(name, shape)
    if max(shape[axis] for axis in axes[-2:]) > SIDE:
        raise ImportRefusedError(f"images of {name} are larger than {SIDE}×{SIDE} pixels")


def _shape(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape; rows of as many values as a square has are squares."""
    if len(shape) != 2:
        return shape
    side = isqrt(shape[1])
    if side * side != shape[1] or shape[1] < _LEAST_FLAT:
        raise ImportRefusedError(
            f"{name} is {dimensions(shape)}, rows of {shape[1]} values that are no square; reshape "
            "it to n×height×width, or n×height×width×3"
        )
    return (shape[0], side, side)


def _axes(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The axes that make ``(n, channels, height, width)`` of an array of this shape."""
    first = len(shape) == 4 and shape[1] in _CHANNELS
    last = len(shape) == 4 and (shape[3] in _CHANNELS or (shape[3] == _TRANSPARENT and not first))
    if first and last:
        raise ImportRefusedError(
            f"of {name}, {dimensions(shape)}, one cannot tell where the channels are"
        )
    if not (len(shape) == 3 or first or last) or min(shape) < 1:
        raise ImportRefusedError(
            f"{name} is {dimensions(shape)}; it has to be n×height×width, or that with 1 or 3 "
            "channels, or with 4 behind: red, green, blue and alpha"
        )
    return (0, 3, 1, 2) if last else tuple(range(len(shape)))


def scales(headers: Mapping[str, ArrayHeader], found: Mapping[str, Range]) -> dict[str, int]:
    """By what each array is multiplied to be of bytes: 255 where black is 0 and white 1.

    Raises
    ------
    ImportRefusedError
        If a value is none that images have, or two arrays of floats are scaled differently.
    """
    for name, (low, high) in found.items():
        if low < 0 or high > 255:
            raise ImportRefusedError(
                f"{name} has values from {low:.4g} to {high:.4g}; whole numbers have to be from 0 "
                "to 255, floats from 0 to 1 or to 255: scale them"
            )
    by_kind = {name: _scale_kind(header) for name, header in headers.items()}
    highest = {
        kind: max(found[name].high for name, other in by_kind.items() if other == kind)
        for kind in by_kind.values()
    }
    for name, kind in by_kind.items():
        if kind == "f" and found[name].high <= 1 < highest["f"]:
            raise ImportRefusedError(
                f"{name} has values up to {found[name].high:.4g}, others up to "
                f"{highest['f']:.4g}: scale all in the same way"
            )
    return {name: 255 if highest[kind] <= 1 else 1 for name, kind in by_kind.items()}


def _scale_kind(header: ArrayHeader) -> str:
    """Floats, truth values, or whole numbers of any kind."""
    return header.dtype.kind if header.dtype.kind in "fb" else "i"


def range_of(name: str, pieces: Pieces) -> Range:
    """The lowest and the highest value of an array, as it was saved.

    Raises
    ------
    ImportRefusedError
        If a value is not finite, or a fraction above 1.
    """
    low, high, off = np.inf, -np.inf, 0.0
    for piece in pieces:
        if piece.dtype.kind == "f" and not np.isfinite(piece).all():
            raise ImportRefusedError(f"{name} has values that are not finite (NaN or infinity)")
        low, high = min(low, float(piece.min())), max(high, float(piece.max()))
        if piece.dtype.kind == "f":
            off = max(off, float(np.abs(piece - np.rint(piece)).max()))
    # Only now: fractions may lie in another piece than what is above 1.
    if high > 1 and off > _NEAR:
        raise ImportRefusedError(
            f"{name} has values from {low:.4g} to {high:.4g}; floats have to be from 0 to 1, "
            "or whole numbers from 0 to 255: scale them"
        )
    return Range(low, high)


def read_images(
    name: str, header: ArrayHeader, pieces: Pieces, scale: int
) -> Generator[Progress, None, Pixels]:
    """An array of images as bytes, shape ``(n, channels, height, width)``; ``scale`` times it."""
    pixels = np.empty(header.values, np.uint8)
    done = 0
    for piece in pieces:
        # In single precision: in bytes, or floats of two bytes, the product has no room.
        scaled = piece if scale == 1 else np.multiply(piece, scale, dtype=np.float32)
        pixels[done : done + len(piece)] = scaled if scaled.dtype == np.uint8 else np.rint(scaled)
        done += len(piece)
        yield Progress(done=done, total=header.values, message=f"Reading {name}")
    shape = _shape(name, header.shape)
    shaped = pixels.reshape(header.shape, order="F" if header.fortran else "C").reshape(shape)
    ordered = np.ascontiguousarray(shaped.transpose(_axes(name, shape)))
    if ordered.ndim == 3:
        return ordered[:, None]
    return _on_white(ordered) if ordered.shape[1] == _TRANSPARENT else ordered


def _on_white(x: Pixels) -> Pixels:
    """Colours without their alpha, seen over white."""
    laid = np.empty((len(x), 3, *x.shape[2:]), np.uint8)
    for place, image in enumerate(x):
        alpha = image[3:].astype(np.float32) / 255
        laid[place] = np.rint(alpha * image[:3] + (1 - alpha) * 255)
    return laid


def dimensions(shape: tuple[int, ...]) -> str:
    """A shape as people write it."""
    return "×".join(map(str, shape)) or "a single value"
