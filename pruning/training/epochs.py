"""What training says while it lasts."""

from __future__ import annotations

from dataclasses import dataclass


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
        From 1.
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
        The one with the lowest validation loss so far; this one where nothing is held out.
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    test_accuracy: float
    learning_rate: float
    best_epoch: int
