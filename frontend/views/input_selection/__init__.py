"""How input selections look."""

from __future__ import annotations

from frontend.views.base import Face, faces
from frontend.views.input_selection import comparable, kinds, methods, view

faces.add(
    Face(
        "input_selection",
        view=view.input_selection,
        comparable=comparable.input_selection,
        methods=methods.input_selection,
        looks=kinds.looks,
        headline="How much of an image has to be sent?",
        invitation="Press Run: a mask over the pixels is learned together with the network. You "
        "watch it form, and see what accuracy is left while ever less of the image is sent.",
        called="an input selection",
        main_result="the best accuracy, mean over the repeats, with at most 10 % of the input sent",
    ),
    __name__,
)
