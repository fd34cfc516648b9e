"""Classes in arrays as people have them: numbers, a column of them, one-hot, or names."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pruning.array_headers import ArrayHeader
from pruning.data.array_pixels import dimensions
from pruning.data.limits import CLASSES, NAME_LENGTH, ImportRefusedError

Labels = npt.NDArray[Any]
_KINDS = "iubfUS"
# Of a name, in bytes; its letters are counted once it is read.
_LONGEST = 4096


def check_labels(name: str, header: ArrayHeader) -> None:
    """Refuse by its header what is no array of classes.

    Raises
    ------
    ImportRefusedError
        If its type or its shape cannot be taken.
    """
    count = len(header.shape)
    is_wide = count == 2 and header.shape[1] > 1
    if (
        header.dtype.kind not in _KINDS
        or count not in (1, 2)
        or not 0 < header.dtype.itemsize <= _LONGEST
        or (is_wide and (header.dtype.kind in "US" or header.shape[1] > CLASSES))
    ):
        raise ImportRefusedError(
            f"{name} is of type {header.dtype} and shape {dimensions(header.shape)}; it has to be "
            "one whole number or one name per image, or one-hot"
        )


def read_labels(name: str, header: ArrayHeader, values: Labels, expected: int) -> Labels:
    """One class per image, a number or a name, shape ``(n,)``.

    Raises
    ------
    ImportRefusedError
        If there are too few or too many, or one of them is no class.
    """
    rows = values.reshape(header.shape, order="F" if header.fortran else "C")
    if len(rows) != expected:
        raise ImportRefusedError(f"{name} has {len(rows):,} labels for {expected:,} images")
    if rows.ndim == 2:
        rows = rows[:, 0] if rows.shape[1] == 1 else _of_one_hot(name, rows)
    match rows.dtype.kind:
        case "U" | "S":
            return _names(name, rows)
        case "f":
            return _whole(name, rows)
        case "b":
            return rows.astype(str)
    return rows


def _of_one_hot(name: str, rows: Labels) -> Labels:
    is_one = rows == 1
    wrong = np.flatnonzero((is_one.sum(1) != 1) | ((rows != 0) & ~is_one).any(1))
    if len(wrong):
        raise ImportRefusedError(
            f"{name} is {dimensions(rows.shape)}, but row {wrong[0]} has not one 1 among zeros; it "
            "has to be one whole number or one name per image, or one-hot"
        )
    found: Labels = is_one.argmax(1)
    return found


def _whole(name: str, values: Labels) -> Labels:
    wrong = np.flatnonzero(~np.isfinite(values) | (values != np.rint(values)))
    if len(wrong):
        raise ImportRefusedError(
            f"{name} has {values[wrong[0]]:g} at place {wrong[0]}, counted from 0, which is no "
            "whole number and so no class"
        )
    if np.abs(values).max(initial=0) >= 2**53:
        raise ImportRefusedError(f"{name} has numbers beyond 2⁵³, of which floats skip some")
    whole: Labels = values.astype(np.int64)
    return whole


def _names(name: str, values: Labels) -> Labels:
    try:
        named: Labels = (
            np.char.decode(values, "utf-8") if values.dtype.kind == "S" else values.astype(str)
        )
    except UnicodeDecodeError as error:
        raise ImportRefusedError(f"{name} has names that are not in UTF-8") from error
    for each in np.unique(named).tolist():
        if not each.strip() or len(each) > NAME_LENGTH or not each.isprintable():
            raise ImportRefusedError(
                f"{name} has the class {each[:20]!r}; names have 1 to {NAME_LENGTH} letters that "
                "can be shown"
            )
    return named
