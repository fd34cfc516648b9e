"""How sweeps look."""

from __future__ import annotations

from frontend.views.base import Face, faces
from frontend.views.sweep import arms, comparable, methods, view

faces.add(
    Face(
        "sweep",
        view=view.sweep,
        comparable=comparable.sweep,
        methods=methods.sweep,
        looks=arms.looks,
        headline="How much of a network can go?",
        invitation="Press Run: an image network learns, criteria rank its weights or units, and "
        "you see what accuracy, size and speed are left, down to single filters and images.",
        called="a sweep",
        main_result="the highest sparsity at which some criterion loses at most 1 point of test "
        "accuracy to the unpruned network",
    ),
    __name__,
)
