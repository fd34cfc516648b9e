"""How toy runs look."""

from __future__ import annotations

from frontend.views.base import Face, faces
from frontend.views.toy import comparable, methods, view

faces.add(
    Face(
        "toy",
        view=view.toy,
        comparable=comparable.toy,
        methods=methods.toy,
        headline="See what pruning does to a neural network",
        invitation="Press Run: a small network learns, criteria rank its hidden units, and you "
        "scrub through what is left of its decision boundary.",
        called="a toy run",
        main_result="the highest sparsity at which some criterion loses at most 1 point of test "
        "accuracy to the unpruned network",
    ),
    __name__,
)
