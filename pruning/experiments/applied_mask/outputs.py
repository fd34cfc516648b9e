"""What comes out when a mask is applied to images."""

from __future__ import annotations

from pruning.experiments.applied_mask.config import AppliedMaskConfig
from pruning.experiments.input_selection.outputs import kind_variants
from pruning.experiments.outputs import Column, Facts, FrameOutput, Outputs, TableOutput

IMAGES = TableOutput(
    "images",
    "What is sent of each image",
    (
        Column("image", "Image"),
        Column("predicted", "Taken for"),
        Column("probability", "Probability", "percent"),
        Column("q", "Q", "percent"),
        Column("bytes_sent", "Bytes sent", "integer"),
        Column("bytes_whole", "of", "integer"),
    ),
    key=("image",),
    description="Bytes are counted on all values as they are, one for each channel of each pixel.",
)
BOTH = FrameOutput(
    "both/{image}",
    "An image, and what is left of it",
    {"image": "the image on the left, what is sent of it on the right"},
    picture="image",
)
FIRST = FrameOutput(
    "first",
    "The first images",
    {"image": "images in rows, below each what is sent of it"},
    picture="image",
)
OUTPUTS = Outputs(tables=(IMAGES,), frames=(FIRST, BOTH))


def facts(config: AppliedMaskConfig) -> Facts:
    """What a run is found by."""
    return Facts(variants=kind_variants([config.kind]))
