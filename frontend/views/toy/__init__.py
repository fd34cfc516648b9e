"""How toy runs look."""

from __future__ import annotations

from frontend.views.base import Face, MaskFace, faces
from frontend.views.toy import comparable, hand_masks, methods, view

faces.add(
    Face(
        "toy",
        view=view.toy,
        comparable=comparable.toy,
        masks=MaskFace(hand_masks.comparable, hand_masks.with_masks),
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
