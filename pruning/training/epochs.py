"""What training says while it lasts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil

from pruning.context import CannotRunError
from pruning.events import Frame


def steps_for(images: int, batch_size: int) -> int:
    """How many steps go once over so many images."""
    # A last batch of a single image joins the one before.
    alone = images % batch_size == 1 < min(batch_size, images)
    return ceil(images / batch_size) - alone


class DivergedError(CannotRunError):
    """A training's loss, or what its weights come to, is no number any more."""


@dataclass(frozen=True)
class Batches:
    """How far training is.

    Attributes
    ----------
    done, total
        Steps of the whole training.
    epoch
        The one that these steps belong to, from 1.
    loss, accuracy
        Means over the images of this epoch so far, while the weights changed.
    """

    done: int
    total: int
    epoch: int
    loss: float
    accuracy: float


@dataclass(frozen=True)
class Epoch:
    """What an epoch brought.

    Attributes
    ----------
    epoch
        From 1, or from the one after those that count as done.
    train_loss, train_accuracy
        Means over the epoch's images, while the weights changed. Losses are cross-entropies,
        without penalties.
    validation_loss, validation_accuracy
        After the epoch; None without held-out images.
    test_accuracy
        After the epoch. Nothing is decided by it.
    learning_rate
        Of the epoch's last step.
    best_epoch
        The one whose weights are kept by now; this one where nothing is held out.
    values
        What else there is to report, by name: means over the epoch's images of the terms of the
        loss (``train_NAME``), what else was measured (``validation_NAME``, ``test_NAME``), and
        what hooks add.
    frames
        Pictures of this epoch that hooks add.
    replayed
        Whether an earlier attempt finished this epoch, so that the network is further already.
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    test_accuracy: float
    learning_rate: float
    best_epoch: int
    values: dict[str, float] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    replayed: bool = field(default=False, compare=False)

    def told(self, **values: float) -> Epoch:
        """The same with more values to report."""
        return replace(self, values={**self.values, **values})
