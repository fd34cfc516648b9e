"""What runs of MINT put into common figures."""

from __future__ import annotations

from frontend.views.comparable import Comparable, Curve
from pruning.data.image_base import image_datasets
from pruning.experiments.mint.config import MintConfig
from pruning.experiments.mint.outputs import AGAINST, compared
from pruning.experiments.quantities import WEIGHTS


def mint(config: MintConfig) -> Comparable:
    """Accuracy against the share of the network's weights that is gone, a curve a variant."""
    series = AGAINST[WEIGHTS]
    curves = [
        Curve(
            series.name.format(variant=variant.name),
            axes=(WEIGHTS,),
            measures=(series.y,),
            variant=variant,
            dataset=image_datasets[config.dataset].title,
            band=len(config.seeds) > 1,
            labels={"statistic": "mean"},
        )
        for variant in compared(config.variants)
    ]
    return Comparable(curves)
