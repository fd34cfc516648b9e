"""What a paper says of a mask that is applied."""

from __future__ import annotations

from frontend.views.prose import Sentences, percent
from pruning.experiments.applied_mask.config import AppliedMaskConfig
from pruning.experiments.input_selection.config import KINDS


def applied_mask(config: AppliedMaskConfig) -> Sentences:
    """The sentence of a mask that is applied."""
    limit = (
        ""
        if config.at is None
        else (f" that sends at most {percent(config.at)} of the input, on average over test images")
    )
    return {
        "data": f"The {KINDS[config.kind].lower()} mask of an input selection (run {config.run}, "
        f"repeat {config.repeat}) was applied to further images, by its best checkpoint{limit}. "
        "Bytes were counted on all values as they are, one for each channel of each pixel."
    }
