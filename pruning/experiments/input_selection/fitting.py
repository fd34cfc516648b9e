"""Why settings of a mask do not fit the images, or each other: importable without torch.

Each function tells in words what to change; nothing where all is well.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from pruning.inputs.granularity import parse_granularity
from pruning.inputs.names import Shape, head_refusal
from pruning.inputs.versions import Versions


def granularity_misfit(
    granularity: str, image: Shape, ranked: Sequence[str], has_choice: bool
) -> str | None:
    """Of the elements; ``ranked`` is what masks are called that remove them by rank.

    Even with one element a mask has a choice among versions, or among images where it sees them.
    """
    try:
        elements = parse_granularity(granularity).elements(image)
    except ValueError as error:
        return str(error)
    if elements == (1, 1, 1) and ranked:
        return (
            f"with the granularity {granularity} there is one element alone, so that "
            f"{' and '.join(ranked)} masks have nothing to rank: choose a finer one"
        )
    if elements == (1, 1, 1) and not has_choice:
        return (
            f"with the granularity {granularity} there is one element alone, so that "
            "all images are sent, or none is: choose a finer one, or thumbnails or JPEG qualities "
            "to choose among"
        )
    return None


def head_misfit(head: str, granularity: str, image: Shape, side: int | None) -> str | None:
    """Of a head that sees ``side`` pixels a side, all of them without, for elements that fit."""
    elements = parse_granularity(granularity).elements(image)
    return head_refusal(head, image, elements, (side, side) if side else None)


def thumbnails_misfit(sides: Sequence[int], image: Shape) -> str | None:
    """Of smaller copies."""
    _, height, width = image
    if max([0, *sides]) < min(height, width):
        return None
    return f"thumbnails have to be smaller than the images, which have {height} × {width} pixels"


def qualities_misfit(qualities: Sequence[int], image: Shape) -> str | None:
    """Of JPEG copies."""
    try:
        Versions(qualities=tuple(qualities)).check(image)
    except ValueError as error:
        return str(error)
    return None


def temperature_misfit(start: float, least: float) -> str | None:
    """Of a temperature that falls."""
    if least <= start:
        return None
    return (
        f"τ starts at {start:g} and cannot fall to {least:g}: choose a smallest τ of at most that"
    )


def removal_misfit(every: int, steps: float) -> str | None:
    """Of what is removed after so many steps, in a training that has ``steps``."""
    if every <= steps:
        return None
    return (
        f"training has {steps:,} steps, so that nothing would ever be removed: choose at most so "
        "many, or more epochs"
    )


def removed_misfit(count: int, granularity: str, image: Shape) -> str | None:
    """Of how many elements, of a granularity that fits, go at once."""
    elements = prod(parse_granularity(granularity).elements(image))
    if count < elements:
        return None
    return f"a mask has {elements:,} elements, which would all go at once: choose fewer"
