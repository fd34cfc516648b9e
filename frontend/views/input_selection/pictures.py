"""The mask, what is sent of images, and how often each pixel is, at the slider's epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from frontend.figures import marks
from frontend.figures.layouts import picture_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Panel, Row, Section
from pruning.data.image_base import image_datasets
from pruning.experiments.input_selection.config import InputSelectionConfig
from pruning.experiments.input_selection.pictured import EXAMPLES, INSTANCES, classes_abreast

_WAITING = "Comes with the first epoch."
_LEAST = 200
# Where more classes than these stand beside each other, they have a row to themselves.
_FEW = 5
# Longer names do not fit into a picture: beside the pointer they are whole.
_LETTERS = 10


def mask(config: InputSelectionConfig) -> Section:
    """The chosen mask, and what is sent of test images."""
    shape = image_datasets[config.dataset].shape
    left = (
        "dark yellow: what is not sent."
        if shape[0] == 1
        else "grey: what is not sent at all; tinted: what is sent in some channels."
    )
    version = " It is one over whichever version is sent." if config.has_versions else ""
    mean = "; of a dynamic one its mean over test images" if "dynamic" in config.kinds else ""
    return Section(
        "mask",
        [
            Row(
                [
                    _picture("mask", "The mask", "mask/{kind}", _aspect(shape, 1, 1)),
                    _picture(
                        "sent", "Six test images", "examples/{kind}", _aspect(shape, EXAMPLES, 2)
                    ),
                ]
            )
        ],
        title="The mask, and what it sends",
        description="Of the first repeat, at the slider's epoch. In the mask light: what is "
        f"sent{mean}.{version} Below the images {left}",
        shape="picture",
        least=_LEAST,
        animated=True,
    )


def dynamic(config: InputSelectionConfig) -> Section:
    """What a dynamic mask sends of single images, and of each class."""
    dataset = image_datasets[config.dataset]
    abreast = classes_abreast(len(dataset.classes))
    rows = math.ceil(len(dataset.classes) / abreast)
    single = _picture(
        "instances",
        "Masks of three test images",
        "instances/dynamic",
        _aspect(dataset.shape, INSTANCES, 1),
    )
    often = _picture(
        "often" if abreast <= _FEW else "often-of-many",
        "How often a pixel is sent, by class",
        "classes/dynamic",
        _aspect(dataset.shape, abreast, rows),
        _captions(dataset.classes, abreast),
    )
    return Section(
        "dynamic",
        [Row([single, often])] if abreast <= _FEW else [Row([single]), Row([often])],
        title="Dynamic masks, image by image",
        description="Of the first repeat. By class: the lighter, the more often a pixel is sent "
        "of test images of that class; black where none of them is among those looked at.",
        shape="picture",
        least=_LEAST,
        animated=True,
    )


def _captions(names: Sequence[str], abreast: int) -> Trace:
    """The name of each class on its picture."""
    tile = {"tiles": "image", "of": "class", "abreast": abreast}
    short = [name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…" for name in names]
    bind = {
        "x": {**tile, "axis": "x"},
        "y": {**tile, "axis": "y"},
        "text": {"named": ["class"], "words": short},
        "hovertext": {"named": ["class"], "words": [*names]},
    }
    return {
        **marks.frame("scatter", "classes/dynamic", bind),
        "mode": "text",
        "textposition": "top center",
        "textfont": {"size": 11, "color": "#FFFFFF"},
        "hoverinfo": "text",
    }


def _aspect(shape: tuple[int, int, int], abreast: int, rows: int) -> float:
    """Of images in rows, with a line between two of them."""
    _, height, width = shape
    return (abreast * (width + 1) - 1) / (rows * (height + 1) - 1)


def _picture(name: str, title: str, frame: str, aspect: float, *more: Trace) -> Panel:
    """A picture that is so much wider than it is high."""
    data = [marks.picture(frame), *more]
    figure = {"data": data, "layout": picture_layout(f"{frame}:image")}
    return Panel(name, title, figure, waiting=_WAITING, aspect=aspect)
