"""What stands in the way of a run on points that people have brought."""

from __future__ import annotations

from collections.abc import Sequence

from pruning.data.base import datasets


def removed_dataset(names: Sequence[str]) -> str | None:
    """What to do about the first of these that was removed."""
    return next((datasets[name].missing for name in names if datasets[name].missing), None)


def too_many_references(names: Sequence[str], count: int) -> str | None:
    """Why there are not so many reference samples per class, and how many there are at most."""
    there = [datasets[name] for name in names if not datasets[name].missing]
    limits = [(data.most_references, data) for data in there if data.most_references is not None]
    if not limits:
        return None
    most, data = min(limits, key=lambda limit: limit[0])
    if count <= most:
        return None
    return (
        f"take {most} or fewer, not {count}: the points of {data.title} are fixed, half of each "
        f"class is for training, and one at least for testing"
    )


def useless_noise(name: str, noise: float | None) -> str | None:
    """Why noise does nothing."""
    if noise and datasets[name].counts:
        return f"the points of {datasets[name].title} are fixed: leave the noise empty"
    return None
