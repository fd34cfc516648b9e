"""The mask, what is sent of images, and how often each pixel is, at the slider's epoch."""

from __future__ import annotations

from frontend.figures import marks
from frontend.figures.layouts import picture_layout
from frontend.figures.view import Panel, Row, Section
from pruning.data.image_base import image_datasets
from pruning.experiments.input_selection.config import InputSelectionConfig

_WAITING = "Comes with the first epoch."


def mask(config: InputSelectionConfig) -> Section:
    """The chosen mask, and what is sent of test images."""
    grey = image_datasets[config.dataset].shape[0] == 1
    told = (
        "dark yellow: what is not sent."
        if grey
        else "grey: what is not sent at all; tinted: what is sent in some channels."
    )
    mean = "; of a dynamic one its mean over test images" if "dynamic" in config.kinds else ""
    return Section(
        "mask",
        [
            Row(
                [
                    _picture("mask", f"Light: what is sent{mean}", "mask/{kind}"),
                    _picture("sent", f"Six test images, {told}", "examples/{kind}"),
                ]
            )
        ],
        title="The mask, and what it sends",
        description="Of the first repeat, at the slider's epoch.",
        shape="picture",
        least=280,
        animated=True,
    )


def dynamic() -> Section:
    """What a dynamic mask sends of single images, and of each class."""
    return Section(
        "dynamic",
        [
            Row(
                [
                    _picture("instances", "Masks of three test images", "instances/dynamic"),
                    _picture("often", "How often a pixel is sent, by class", "classes/dynamic"),
                ]
            )
        ],
        title="Dynamic masks, image by image",
        description="Of the first repeat. On the right the lighter, the more often a pixel is sent "
        "of test images of a class; classes in their order, five beside each other.",
        shape="picture",
        least=280,
        animated=True,
    )


def _picture(name: str, title: str, frame: str) -> Panel:
    figure = {"data": [marks.picture(frame)], "layout": picture_layout(f"{frame}:image")}
    return Panel(name, title, figure, waiting=_WAITING)
