"""What a paper says of an operating point."""

from __future__ import annotations

from frontend.views.prose import Sentences, counted, number, percent
from frontend.views.sweep.methods import sweep
from pruning.experiments.operating_point.config import OperatingPointConfig
from pruning.training.optimisers import GENTLER


def operating_point(config: OperatingPointConfig) -> Sentences:
    """The sentences of the sweep that it is of, and of the network itself."""
    said = (
        f"One network of these, with {percent(config.sparsity)} removed and seed "
        f"{config.seeds[0]}, was made again and is given away."
    )
    if config.further_epochs:
        rate = config.further_learning_rate or config.learning_rate / GENTLER
        said += (
            f" From there it was fine-tuned under its mask for "
            f"{counted(config.further_epochs, 'epoch')} at a constant learning rate of "
            f"{number(rate)}."
        )
    return sweep(config) | {"point": said}
