"""What input selections put into common figures."""

from __future__ import annotations

from frontend.views.comparable import Comparable, Curve
from frontend.views.input_selection.kinds import variants
from pruning.data.image_base import image_datasets
from pruning.experiments.input_selection.config import InputSelectionConfig
from pruning.experiments.input_selection.outputs import INTERVALS, SENT, TRADE_OFF


def input_selection(config: InputSelectionConfig) -> Comparable:
    """Accuracy against the share of the input that is sent, a curve for each kind of mask."""
    curves = [
        Curve(
            TRADE_OFF.name.format(kind=variant.name),
            axes=(SENT,),
            measures=(TRADE_OFF.y,),
            variant=variant,
            dataset=image_datasets[config.dataset].title,
            band=len(config.seeds) > 1,
            labels={"statistic": "mean"},
        )
        for variant in variants(config)
    ]
    return Comparable(curves, places={SENT.name: INTERVALS})
