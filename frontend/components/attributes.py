"""HTML attributes whose names are no Python names."""

from __future__ import annotations

from typing import Any


def attributes(**values: str) -> dict[str, Any]:
    """Turn ``data_testid="x"`` into ``{"data-testid": "x"}``."""
    return {name.replace("_", "-"): value for name, value in values.items()}
