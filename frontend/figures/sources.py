"""What a binding's SOURCE gives, out of the arrays or columns that it names."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]
Find = Callable[[str], Values | None]
Source = str | dict[str, Any] | list["Source"]
MISSING = "–"


def evaluate(source: Source, find: Find) -> Any:
    """Return what ``source`` stands for; None while something of it has not come.

    Parameters
    ----------
    source
        As written in :mod:`.binding`.
    find
        Returns the array or the column of a name; None while there is none.
    """
    match source:
        case str():
            return find(source)
        case list():
            return _columns([evaluate(part, find) for part in source])
        case {"png": name}:
            return _picture(find(name), find(source.get("of", "")), source.get("abreast", 1))
        case {"share": name}:
            counts = find(name)
            return None if counts is None else _share(counts)
        case {"blank": name}:
            counts = find(name)
            return None if counts is None else np.where(counts == 0, "", counts.astype(object))
        case {"named": names, "words": words}:
            return _named([find(name) for name in names], words)
        case {"tiles": image, "of": name, "abreast": abreast, "axis": axis}:
            return _tiles(find(image), find(name), abreast, axis)
        case {"differs": [one, other]}:
            return _differs(find(one), find(other), source.get("said"))
    parts = [(find(name), factor) for name, factor in source.items()]
    if any(part is None for part, _ in parts):
        return None
    return np.sum([factor * part for part, factor in parts if part is not None], axis=0)


def _columns(parts: list[Values | None]) -> Values | None:
    length = max((len(part) for part in parts if part is not None), default=None)
    if length is None:
        return None
    rows = [[MISSING] * length if part is None else part.tolist() for part in parts]
    return np.array(list(zip(*rows, strict=True)), dtype=object)


def _picture(pixels: Values | None, tiles: Values | None, abreast: int) -> str | None:
    """The picture as an address; what is behind the last of its tiles is clear."""
    from PIL import Image

    if pixels is None or not pixels.size:
        return None
    height, width = pixels.shape[:2]
    colours = np.broadcast_to(pixels.reshape(height, width, -1), (height, width, 3))
    cover = np.full((height, width, 1), 255)
    count = 0 if tiles is None else len(tiles)
    if count % abreast:
        top = height * (count // abreast) / -(-count // abreast)
        cover[int(top) :, int(width * (count % abreast) / abreast) :] = 0
    file = io.BytesIO()
    Image.fromarray(np.dstack([colours, cover]).astype(np.uint8)).save(file, "png")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def _share(counts: Values) -> Values:
    """Each row as shares of its sum; a row of nothing stays as it is."""
    sums = counts.sum(axis=1, keepdims=True)
    shares: Values = counts / np.maximum(sums, 1)
    return shares


def _named(parts: list[Values | None], words: list[str]) -> Values | None:
    """One text per point: the words that its numbers stand for, with arrows between."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    rows = zip(*(part.tolist() for part in known), strict=True)
    return np.array([" → ".join(words[i] for i in row) for row in rows], dtype=object)


def _tiles(image: Values | None, values: Values | None, abreast: int, axis: str) -> Values | None:
    """Where the tiles of a picture stand: the middle of each along x, its lower edge along y."""
    if image is None or values is None:
        return None
    places, rows = np.arange(len(values)), max(1, -(-len(values) // abreast))
    height, width = image.shape[0] / rows, image.shape[1] / abreast
    along = (places % abreast + 0.5) * width if axis == "x" else (places // abreast + 1) * height
    tiles: Values = along - 0.5
    return tiles


def _differs(one: Values | None, other: Values | None, said: str | None) -> Values | None:
    """1 where two arrays differ and 0 elsewhere, or in words how much of them does."""
    if one is None or other is None or one.shape != other.shape:
        return None
    differs: Values = (one != other).astype(int)
    if said is None:
        return differs
    # Halves go up, as they do in the browser.
    tenths = math.floor(1000 * float(differs.mean()) + 0.5) if differs.size else 0
    return np.array([f"{tenths / 10:.1f} % {said}"], dtype=object)
