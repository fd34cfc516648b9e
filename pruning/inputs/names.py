"""The heads of dynamic masks by name, what they cannot do, and shapes in words.

Importable without torch.
"""

from __future__ import annotations

from math import prod
from typing import Annotated, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
from pydantic import Field

Shape = tuple[int, int, int]
Size = tuple[int, int]
Importances = npt.NDArray[np.float64]

HeadName = Literal["linear", "mlp", "conv", "convatt", "smallconvatt", "convnet", "unet", "att"]

MOST_WEIGHTS = 2**26
"""Of a linear head: 256 MiB, and as much again for the gradient and for each of AdamW's moments."""

MOST_POSITIONS = 64 * 64
"""Pixels that attend to each other: time grows with their square."""


class Head(NamedTuple):
    """A head, as people choose it."""

    name: HeadName
    title: str
    description: str


HEADS = (
    Head("linear", "Linear", "One linear layer from all pixels to all mask elements."),
    Head("mlp", "Perceptron", "One hidden layer of 8 units between pixels and mask elements."),
    Head("conv", "Convolution", "One convolution of 3 × 3."),
    Head(
        "convatt",
        "Convolutions with attention",
        "Two convolutions of 3 × 3, one of them dilated, that a global attention gate mixes.",
    ),
    Head(
        "smallconvatt",
        "Small convolutions with attention",
        "Convolutions of 1 × 1 and 3 × 3 that a global attention gate mixes.",
    ),
    Head(
        "convnet",
        "Residual network",
        "Residual blocks that halve the image until it is as coarse as the mask.",
    ),
    Head("unet", "U-Net", "A small U-Net: it sees the whole image and keeps its detail."),
    Head(
        "att",
        "Self-attention",
        "Each pixel attends to all: many times slower than the others unless it sees a thumbnail.",
    ),
)

HeadField = Annotated[
    HeadName,
    Field(json_schema_extra={"x-choices": [dict(head._asdict()) for head in HEADS]}),
]


def head_refusal(
    name: str, image_shape: Shape, logits_shape: Shape, size: Size | None = None
) -> str | None:
    """Why a head cannot be made, with what to change; None if it can.

    Parameters
    ----------
    image_shape
        Of one image: channels, height, width.
    logits_shape
        Of one mask's elements: channels, rows, columns.
    size
        Height and width of the thumbnail that the head sees; None: the full image.
    """
    if name not in get_args(HeadName):
        return f"there is no head {name!r}; choose one of {', '.join(get_args(HeadName))}"
    channels, height, width = image_shape
    tall, wide = size or (height, width)
    if not (1 <= tall <= height and 1 <= wide <= width):
        return (
            f"the head's thumbnail of {tall} × {wide} pixels is not within the image of "
            f"{height} × {width}: choose a smaller one, of at least 1 × 1"
        )
    weights = channels * tall * wide * prod(logits_shape)
    if name == "linear" and weights > MOST_WEIGHTS:
        return (
            f"a linear head would have {weights:,} weights, more than {MOST_WEIGHTS:,}: let it see "
            "a smaller thumbnail, choose a coarser granularity, or another head"
        )
    if name == "att" and tall * wide > MOST_POSITIONS:
        return (
            f"self-attention over {tall * wide:,} pixels takes too long, more than "
            f"{MOST_POSITIONS:,}: let it see a smaller thumbnail, or choose another head"
        )
    return None


def dimensions(shape: tuple[int, ...]) -> str:
    """A shape in words."""
    return " × ".join(map(str, shape)) or "a single value"
