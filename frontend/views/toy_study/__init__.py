"""How toy studies look."""

from __future__ import annotations

from frontend.views.base import Face, faces
from frontend.views.toy_study import comparable, methods, view

faces.add(
    Face(
        "toy_study",
        view=view.toy_study,
        comparable=comparable.toy_study,
        methods=methods.toy_study,
        headline="How few samples does a criterion need?",
        invitation="Press Run: each network is pruned once, by every criterion, over many draws of "
        "reference samples. You see how well it survives, and how much that depends on the draw.",
        called="a study",
        main_result="which criterion keeps most accuracy",
    ),
    __name__,
)
