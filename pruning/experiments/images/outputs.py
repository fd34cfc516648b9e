"""What every experiment says that trains image networks: loss and accuracy, epoch by epoch."""

from __future__ import annotations

from pruning.experiments.outputs import Series
from pruning.experiments.quantities import ACCURACY, EPOCH, EPOCH_ACCURACY, EPOCH_LOSS, LOSS

MEASURES = {"accuracy": ACCURACY, "loss": LOSS}
_EPOCHS = {"accuracy": EPOCH_ACCURACY, "loss": EPOCH_LOSS}


def epoch_curves(prefix: str, suffix: str = "", *labels: str) -> dict[str, Series]:
    """The curves of a training, by what is measured; the label ``set`` names the images."""
    return {
        measure: Series(f"{prefix}/{measure}{suffix}", EPOCH, quantity, (*labels, "set"))
        for measure, quantity in _EPOCHS.items()
    }


TRAINING = epoch_curves("training", "", "seed")
DENSE = {
    measure: Series(f"{measure}/dense", None, quantity, ("statistic",))
    for measure, quantity in MEASURES.items()
}
