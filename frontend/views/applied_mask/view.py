"""What is left of images: the first ones at a glance, any one large, a table and files."""

from __future__ import annotations

from frontend.figures import marks
from frontend.figures.chooser import Chooser
from frontend.figures.layouts import picture_layout
from frontend.figures.panels import Panel, Row, Section
from frontend.figures.tables import table_view
from frontend.figures.view import Downloads, View
from pruning.experiments.applied_mask.config import AppliedMaskConfig
from pruning.experiments.applied_mask.outputs import BOTH, FIRST, IMAGES
from pruning.experiments.input_selection.config import KINDS

_TOLD = (
    "What is not sent is dark yellow in grey images, and grey in coloured ones; tinted is what is "
    "sent in some channels."
)


def applied_mask(config: AppliedMaskConfig) -> View:
    """Pictures, then numbers."""
    limit = "any Q" if config.at is None else f"at most {100 * config.at:g} % sent on average"
    return View(
        summary=f"{KINDS[config.kind]} mask of run {config.run or '…'} · {limit}",
        details=f"Repeat {config.repeat}",
        parts=[
            _pictures(),
            table_view(IMAGES, chosen={}, rows=5),
            Downloads(
                "Take away",
                "What is left of the images, and the table.",
                "Nothing yet: files come with the last image.",
            ),
        ],
    )


def _pictures() -> Section:
    return Section(
        "images",
        [
            Row(
                [
                    _picture("first", "The first images, and below each what is sent", FIRST.name),
                    _picture("both", "The chosen one, and what is sent of it", BOTH.name),
                ]
            )
        ],
        title="What is left of the images",
        description=_TOLD,
        shape="picture",
        least=280,
        choosers=[Chooser("image", "Image", source=(IMAGES.name, "image"))],
    )


def _picture(name: str, title: str, frame: str) -> Panel:
    figure = {"data": [marks.picture(frame, at=0)], "layout": picture_layout(f"{frame}:image")}
    return Panel(name, title, figure, waiting="Comes with the first image.")
