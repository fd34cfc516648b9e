"""Holding the network that was made again against the row of the sweep that it is said to be."""

from __future__ import annotations

from pruning.context import CannotRunError
from pruning.experiments.operating_point.config import OperatingPointConfig

# Half of the last digit that tables and readings show: 0.1 of a hundred.
ROUNDING = 0.0005


def compare(config: OperatingPointConfig, dense: float, accuracy: float) -> None:
    """Refuse a network whose accuracy is not that of its row, to rounding.

    Parameters
    ----------
    dense, accuracy
        Of the dense network and of the pruned one, as they are now.

    Raises
    ------
    CannotRunError
        With both accuracies, and as far as that is known with the reason.
    """
    if config.accuracy is None or abs(accuracy - config.accuracy) <= ROUNDING:
        return
    raise CannotRunError(
        f"this is not the network of the sweep: it classifies {accuracy:.2%} of the test images "
        f"correctly, and the sweep's {config.accuracy:.2%}. {_reason(config, dense)} Run the sweep "
        "again here, then take its network"
    )


def _reason(config: OperatingPointConfig, dense: float) -> str:
    if config.dense_accuracy is None or abs(dense - config.dense_accuracy) <= ROUNDING:
        return (
            "The dense network is as accurate as it was, so pruning or training again came to "
            "something else: on another device, by another version of PruneLab or torch, or, with "
            "a budget of latency, because the clock said something else."
        )
    return (
        f"Its dense network has {dense:.2%} and had {config.dense_accuracy:.2%}: it was trained "
        "again since, on another device or by another version, or the images, the model's code or "
        "the weights that it starts from have changed."
    )
