"""What masks that are kept with toy runs put into common figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backend.hand_mask_model import HandMask
from frontend.figures.colours import HAND_MASK
from frontend.figures.panels import Reading
from frontend.views.comparable import Comparable, Curve
from frontend.views.toy.comparable import toy
from pruning.events import Result, fold
from pruning.experiments.outputs import Variant
from pruning.experiments.quantities import UNITS
from pruning.experiments.toy.config import ToyConfig
from pruning.experiments.toy.outputs import PRUNED
from pruning.toy.hand_made import HandMadeMask, told_of


def comparable(config: ToyConfig, masks: Sequence[HandMask]) -> Comparable:
    """The way to each mask as a curve, and its boundary, which stays as it is."""
    own = toy(config)
    whole = own.boundaries[0]
    variants = {_name(mask): _variant(mask) for mask in masks}
    curves = [
        Curve(
            f"accuracy/{name}",
            axes=(UNITS,),
            measures=(PRUNED[scenario].y,),
            variant=variant,
            dataset=whole.dataset,
            labels=PRUNED[scenario].where,
        )
        for name, variant in variants.items()
        for scenario in ("test", "train")
    ]
    boundaries = [
        replace(
            whole,
            network=name,
            variant=variant,
            reading=Reading(
                "test", f"left/{name}", {"scenario": "test"}, long_title="test accuracy"
            ),
        )
        for name, variant in variants.items()
    ]
    return Comparable(curves, boundaries)


def with_masks(result: Result, masks: Sequence[HandMask]) -> Result:
    """A run's result, and beside what it has told what its masks come to."""
    events = [
        event
        for mask in masks
        for event in told_of(_name(mask), HandMadeMask(mask.units, mask.connections), result)
    ]
    told = fold(events)
    return result.model_copy(
        update={"series": result.series | told.series, "frames": result.frames | told.frames}
    )


def _name(mask: HandMask) -> str:
    return f"mask-{mask.id}"


def _variant(mask: HandMask) -> Variant:
    title = f"{mask.name} ({mask.author})" if mask.author else mask.name
    return Variant(HAND_MASK, mask.id, title, mask.note or "Removed by hand.")
