"""How uploaded images are kept: a list of their names, and the files by their places in it."""

from __future__ import annotations

INDEX = "images.json"


def path_of(number: int) -> str:
    """Where the image at this place lies: a name may hold what no path can."""
    return f"images/{number}"
