"""How runs of MINT look."""

from __future__ import annotations

from frontend.views.base import Face, faces
from frontend.views.mint import comparable, methods, variants, view

faces.add(
    Face(
        "mint",
        view=view.mint,
        comparable=comparable.mint,
        methods=methods.mint,
        looks=variants.looks,
        headline="What do neighbouring layers tell each other?",
        invitation="Press Run: how much each group of filters tells each group of the next layer "
        "is estimated, block by block. Then move the cutoff and see what would go, and what the "
        "network is worth without it.",
        called="a run of MINT",
        main_result="the largest share of the compared layers' weights that can go while the "
        "network loses at most 1 point of accuracy on the test images, mean over the seeds (the "
        "network to take away is chosen on the validation images, where some are held out)",
    ),
    __name__,
)
