"""How operating points look."""

from __future__ import annotations

from frontend.views.base import Face, faces
from frontend.views.operating_point import methods, view

faces.add(
    Face(
        "operating_point",
        view=view.operating_point,
        methods=methods.operating_point,
        headline="What is this network?",
        invitation="Open a pruning sweep, press a point of its curves or a row of its tables, and "
        "take its network away, fine-tune it or start from it there.",
        called="an operating point",
        main_result="what was removed, and the test accuracy of the network that is given away",
    ),
    __name__,
)
