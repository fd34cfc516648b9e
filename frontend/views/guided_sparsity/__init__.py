"""How runs of guided sparsity look."""

from __future__ import annotations

from frontend.views.base import Face, faces
from frontend.views.guided_sparsity import comparable, methods, variants, view

faces.add(
    Face(
        "guided_sparsity",
        view=view.guided_sparsity,
        comparable=comparable.guided_sparsity,
        methods=methods.guided_sparsity,
        looks=variants.looks,
        headline="Which units stay alive, and which penalty decides better?",
        invitation="Press Run: the same network is trained side by side without a penalty, with "
        "L1, with group lasso, and with a term beside it that lets some units keep much. Watch "
        "accuracy and sparsity race, then move the slider over the steps and see which units live.",
        called="a run of guided sparsity",
        main_result="which arm is ahead by more than the spread over the seeds, at the highest "
        "sparsity that at least two arms reach, and its test accuracy there",
    ),
    __name__,
)
