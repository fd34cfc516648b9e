"""Settings that some layers have for themselves, as people write them: ``LAYER=VALUE``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class GroupCounts(NamedTuple):
    """Into how many groups the units on both sides of a pair of layers are divided."""

    children: int
    parents: int


def group_counts(texts: Iterable[str]) -> dict[str, GroupCounts]:
    """``fc2=20`` or, children first, ``fc2=20x50``, by layer.

    Raises
    ------
    ValueError
        If one is not written so, or a number is below 1.
    """
    return {layer: _counts(layer, value) for layer, value in _values(texts, "fc2=20")}


def _counts(layer: str, value: str) -> GroupCounts:
    children, _, parents = value.replace("×", "x").partition("x")
    try:
        counts = GroupCounts(int(children), int(parents or children))
    except ValueError as error:
        raise ValueError(
            f"{layer}={value}: write groups as whole numbers, {layer}=20 or, children first, "
            f"{layer}=20x50"
        ) from error
    if min(counts) < 1:
        raise ValueError(f"{layer}={value}: there has to be at least one group")
    return counts


def limits(texts: Iterable[str]) -> dict[str, float]:
    """``fc2=0.97``, by layer.

    Raises
    ------
    ValueError
        If one is not written so, or is not a share above 0 and up to 1.
    """
    return {layer: _limit(layer, value) for layer, value in _values(texts, "fc2=0.97")}


def _limit(layer: str, value: str) -> float:
    try:
        limit = float(value)
    except ValueError as error:
        raise ValueError(f"{layer}={value}: write a share, such as {layer}=0.97") from error
    if not 0 < limit <= 1:
        raise ValueError(
            f"{layer}={value}: a share lies above 0 and is at most 1; write {layer}=0.97 for 97 %"
        )
    return limit


def _values(texts: Iterable[str], example: str) -> list[tuple[str, str]]:
    found = []
    for text in texts:
        layer, equals, value = (part.strip() for part in text.partition("="))
        if not (layer and equals and value):
            raise ValueError(f"{text}: name the layer and its value, such as {example}")
        found.append((layer, value))
    if len(dict(found)) < len(found):
        raise ValueError("name each layer once")
    return found
