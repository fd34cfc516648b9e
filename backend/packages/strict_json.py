"""JSON as strangers may send it: what others let pass, and stumble over later, is refused."""

from __future__ import annotations

import json
import math
from typing import Any

from backend.packages.contents import MOST_NAMES, MOST_VALUES

# Every value comes behind one of these; some of them are also in texts.
_BEFORE_VALUES = (b",", b"[", b"{")


def strict_json(text: bytes) -> object:
    """A document of a size that memory has room for.

    Raises
    ------
    ValueError
        If it is no JSON, if an object has a name twice, or if a number cannot be written again.
    """
    if sum(map(text.count, _BEFORE_VALUES)) > MOST_VALUES:
        raise ValueError(f"more than {MOST_VALUES:,} values")
    try:
        document: object = _DECODER.decode(str(text, "utf-8"))
    except RecursionError as error:
        raise ValueError("too many lists and objects in each other") from error
    return document


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; not one of which a reader takes the first of two values and another the last."""
    if len(pairs) > MOST_NAMES:
        raise ValueError(f"an object of more than {MOST_NAMES:,} names")
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("an object with a name twice")
    return members


def _integer(text: str) -> int:
    """An integer that can be written again: neither orjson nor a database takes longer ones."""
    if len(text) > 20 or not -(2**63) <= (number := int(text)) < 2**64:
        raise ValueError("an integer of more than 64 bits")
    return number


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number beyond what 64 bits hold")
    return number


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_integer,
    parse_float=_finite,
    parse_constant=_no_number,
)
