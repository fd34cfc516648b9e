"""What input selections put into common figures."""

from __future__ import annotations

from frontend.views.comparable import Comparable, Curve, Picture, Subject
from frontend.views.input_selection.kinds import variants
from pruning.data.image_base import image_datasets
from pruning.experiments.input_selection.config import InputSelectionConfig
from pruning.experiments.input_selection.outputs import INTERVALS, MASK, SENT, TRADE_OFF
from pruning.experiments.input_selection.pictured import pictured_epochs
from pruning.experiments.quantities import EPOCH

MASKS = Subject("input_mask", "Masks", "sent", "not sent", array=MASK.picture)


def input_selection(config: InputSelectionConfig) -> Comparable:
    """Accuracy against the share that is sent, a curve for each kind of mask, and the masks."""
    dataset = image_datasets[config.dataset]
    curves = [
        Curve(
            TRADE_OFF.name.format(kind=variant.name),
            axes=(SENT,),
            measures=(TRADE_OFF.y,),
            variant=variant,
            dataset=dataset.title,
            band=len(config.seeds) > 1,
            labels={"statistic": "mean"},
        )
        for variant in variants(config)
    ]
    pictures = [
        Picture(
            MASK.name.format(kind=variant.name),
            subject=MASKS,
            variant=variant,
            dataset=dataset.title,
            size=dataset.shape[1:],
            along=EPOCH,
        )
        for variant in variants(config)
    ]
    epochs = [float(epoch) for epoch in pictured_epochs(config.epochs)]
    places = {SENT.name: INTERVALS, EPOCH.name: epochs}
    return Comparable(curves, pictures=pictures, places=places)
