"""What sweeps put into common figures."""

from __future__ import annotations

from frontend.views.comparable import Comparable, Curve
from frontend.views.sweep.arms import Arm, arms
from pruning.data.image_base import image_datasets
from pruning.experiments.images.outputs import MEASURES
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.granularities import WORDS, shares
from pruning.experiments.sweep.outputs import RATIOS, share_axis

_MEASURES = tuple(MEASURES.values())


def sweep(config: SweepConfig) -> Comparable:
    """Accuracy and loss on the test set against what is gone, size and speed."""
    curves = [curve for arm in arms(config) for curve in _curves(arm, config)]
    axes = [shares(granularity, config.budget).name for granularity in config.granularities]
    return Comparable(curves, places=dict.fromkeys(axes, config.sparsities))


def _curves(arm: Arm, config: SweepConfig) -> list[Curve]:
    """Against shares of what the arm removes, and against ratios, which all arms have."""
    along = (shares(arm.granularity, config.budget),)
    share = (f"{{measure}}/{arm.key}/{share_axis(config.budget)}", along)
    ratio = (f"{{measure}}/{arm.key}/{{axis}}", RATIOS)
    words = [WORDS[arm.granularity]] if len(config.granularities) > 1 else []
    return [
        Curve(
            series,
            axes,
            _MEASURES,
            variant=arm.criterion,
            dataset=image_datasets[config.dataset].title,
            detail=", ".join([*words, *([arm.control] if arm.is_control else [])]),
            band=not arm.is_control and len(config.seeds) > 1,
            labels={"statistic": "mean"},
            faint=arm.is_control,
            hollow=arm.granularity != "unit",
            whiskered=axes is RATIOS and not arm.is_control,
            held=("summary", "{axis}") if axes is RATIOS else None,
        )
        for series, axes in (share, ratio)
    ]
