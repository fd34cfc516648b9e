"""What settings are told apart by: hashes that outlive new fields.

Where a trained network is kept under the hash of its settings, a new setting must not orphan all
networks that were trained before it. So a field that comes later names the value that all trainings
before it had, and enters the hash only where it differs from that. The name stays when the default
changes: then the default differs, as it should.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, field, fields, is_dataclass
from typing import Any, TypeVar

Value = TypeVar("Value")

_BEFORE = "before"


def later(default: Value, *, before: Value) -> Value:
    """A field of a dataclass that was not there from the start.

    Parameters
    ----------
    before
        What held before there was the field, however its default changes.
    """
    found: Value = field(default=default, metadata={_BEFORE: before})
    return found


def identity(settings: Any) -> Any:
    """A dataclass, and those in it, as dicts without the later fields that are as before."""
    if not is_dataclass(settings):
        return settings
    values = {part: getattr(settings, part.name) for part in fields(settings)}
    return {
        part.name: identity(value)
        for part, value in values.items()
        if value != part.metadata.get(_BEFORE, MISSING)
    }


def digest(settings: dict[str, Any]) -> str:
    """The first 16 hex digits of the SHA-256 of the canonical JSON."""
    canonical = json.dumps(settings, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
