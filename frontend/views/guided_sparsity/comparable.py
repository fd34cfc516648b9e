"""What runs of guided sparsity put into common figures."""

from __future__ import annotations

from frontend.views.comparable import Comparable, Curve
from frontend.views.guided_sparsity.variants import arms
from pruning.data.image_base import image_datasets
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.outputs import AGAINST
from pruning.experiments.quantities import WEIGHTS


def guided_sparsity(config: GuidedSparsityConfig) -> Comparable:
    """Accuracy against the share of all weights that is zero, a curve an arm."""
    series = AGAINST[WEIGHTS]
    curves = [
        Curve(
            series.name.format(arm=variant.name),
            axes=(WEIGHTS,),
            measures=(series.y,),
            variant=variant,
            dataset=image_datasets[config.dataset].title,
            band=len(config.seeds) > 1,
            labels={"statistic": "mean"},
        )
        for variant in arms(config)
    ]
    return Comparable(curves)
