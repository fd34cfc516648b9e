"""How masks look that are applied to images."""

from __future__ import annotations

from frontend.views.applied_mask import methods, view
from frontend.views.base import Face, faces

faces.add(
    Face(
        "applied_mask",
        view=view.applied_mask,
        methods=methods.applied_mask,
        headline="What does a mask leave of an image?",
        invitation="Open a run of input selection that is done, and apply its masks to images of "
        "your own there.",
        called="an applied mask",
        main_result="the share of the bytes of all images that is sent",
    ),
    __name__,
)
