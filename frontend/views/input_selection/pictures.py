"""The mask, what is sent of images, and how often each pixel is, at the slider's epoch."""

from __future__ import annotations

from frontend.figures import marks
from frontend.figures.layouts import picture_layout
from frontend.figures.view import Panel, Row, Section
from pruning.data.image_base import image_datasets
from pruning.experiments.input_selection.config import InputSelectionConfig

_WAITING = "Comes with the first epoch."


def mask(config: InputSelectionConfig) -> Section:
    """The chosen mask; of a dynamic one also the masks of three images."""
    panels = [_picture("mask", "Mask", "mask/{kind}", "image")]
    told = "Light: what is sent."
    if "dynamic" in config.kinds:
        panels.append(_picture("instances", "Of three test images", "mask/{kind}", "instances"))
        told = (
            "Light: what is sent. Of a dynamic mask the mean over test images, and beside it the "
            "masks of three of them."
        )
    return Section(
        "mask",
        [Row(panels)],
        title="The mask",
        description=f"Of the first repeat. {told}",
        shape="picture",
        least=280,
        animated=True,
    )


def examples(config: InputSelectionConfig) -> Section:
    """Six test images and what is sent of them."""
    grey = image_datasets[config.dataset].shape[0] == 1
    told = (
        "Dark yellow: what is not sent."
        if grey
        else "Grey: what is not sent at all; tinted: what is sent in some channels."
    )
    return Section(
        "examples",
        [Row([_picture("sent", "Sent", "examples/{kind}", "image")])],
        title="What is sent",
        description=f"Six test images as they are, and below what is sent of them. {told}",
        shape="picture",
        least=280,
        animated=True,
    )


def classes() -> Section:
    """How often a dynamic mask sends each pixel, class by class."""
    return Section(
        "classes",
        [Row([_picture("often", "By class", "classes/dynamic", "image")])],
        title="What is sent of each class",
        description="Dynamic masks of the first repeat: the lighter, the more often a pixel "
        "is sent of test images of this class; classes in their order, five beside each other.",
        shape="picture",
        least=280,
        animated=True,
    )


def _picture(name: str, title: str, frame: str, array: str) -> Panel:
    figure = {
        "data": [marks.picture(frame, array)],
        "layout": picture_layout(f"{frame}:{array}"),
    }
    return Panel(name, title, figure, waiting=_WAITING)
