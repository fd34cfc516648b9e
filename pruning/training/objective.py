"""What training minimises, and what it does besides: plain classification, unless a method differs.

A method derives from :class:`Objective` and says what it does differently; the loop stays as it is.
Learned masks over the inputs, whose weight in the loss grows from epoch to epoch, are so::

    class Growing(Hook):
        def __init__(self):
            self.factor = 0.01

        def after_epoch(self, epoch):
            epoch = epoch.told(weight=self.factor)
            if epoch.values["validation_sent"] > 0.1:
                self.factor *= 1.25
            return epoch

        def state_dict(self):
            return {"factor": self.factor}

        def load_state_dict(self, state):
            self.factor = state["factor"]

    class LearnedMask(Objective):
        def __init__(self, network, mask, training):
            super().__init__(nn.Sequential(mask, network), training)
            self.mask, self.weight = mask, Growing()
            self.optimizers = [
                Scheduled(AdamW(network.parameters(), amsgrad=True, fused=True), training.rate),
                Scheduled(AdamW(mask.parameters(), weight_decay=1e-7), lambda done: 0.005),
            ]
            self.hooks = [
                self.weight,
                BestInIntervals(
                    self.module,
                    edges=[0.05, 0.1, 0.15, 0.2],
                    place=lambda epoch: epoch.values["validation_sent"],
                    score=lambda epoch: epoch.validation_accuracy,
                ),
            ]

        def loss(self, x, y):
            plain, sent = super().loss(x, y), self.mask.sent()
            total = plain.total + self.weight.factor * sent
            return plain._replace(total=total, terms={"sent": sent})

        def measure(self, images, context):
            plain = super().measure(images, context)
            return plain._replace(values={"sent": float(self.mask.sent())})

    train(LearnedMask(network, mask, training), data, context, checkpoint)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from pruning.context import Context
from pruning.evaluation.accuracy import evaluate
from pruning.evaluation.batches import ImageSet
from pruning.masks.applying import ParameterMasks
from pruning.training.hooks import FixedMasks, Hook
from pruning.training.keepers import BestEpoch
from pruning.training.optimisers import Scheduled, Training, make_optimizer
from pruning.training.penalties.base import penalties_of


class BatchLoss(NamedTuple):
    """What the loss of a batch is made of; numbers stay where they are, so that no step waits.

    Attributes
    ----------
    total
        What is minimised, besides penalties that enter as gradients.
    logits
        Shape ``(b, classes)``: what accuracy is counted from.
    cross_entropy
        What is reported as the loss.
    terms
        What else to report: means over the batch, by name.
    """

    total: Tensor
    logits: Tensor
    cross_entropy: Tensor
    terms: Mapping[str, Tensor] = {}


class Evaluation(NamedTuple):
    """How good the module is on some images; ``values`` are further measures by name."""

    loss: float
    accuracy: float
    values: Mapping[str, float] = {}


class Objective:
    """Plain classification by cross-entropy, as the settings of a training ask for it.

    It is for one training: its optimisers and hooks remember what was.

    Attributes
    ----------
    module
        All that is trained, such as a mask in front of the network.
    training
        Epochs, size of batches, augmentation and seed; the rest is for the parts below.
    optimizers
        Each with the parameters that follow it. The first rate is the one that is reported.
    penalties
        Terms of the loss that depend on weights alone, by name; they are hooks.
    hooks
        What acts besides, in this order.

    Parameters
    ----------
    masks
        What they remove is zero from the start and after every step.
    """

    def __init__(
        self, network: nn.Module, training: Training, masks: ParameterMasks | None = None
    ) -> None:
        self.module, self.training = network, training
        optimizer = make_optimizer(training, network.parameters())
        self.optimizers = [Scheduled(optimizer, training.rate)]
        self.penalties = penalties_of(network, training, optimizer)
        self.hooks: list[Hook] = [*self.penalties.values()]
        if masks:
            self.hooks.append(FixedMasks(network, masks))
        self.hooks.append(BestEpoch(network, training.keep))

    def loss(self, x: Tensor, y: Tensor) -> BatchLoss:
        """Of a batch, in training mode; what is drawn at random flows from the epoch's seed."""
        logits = self.logits(x)
        loss = cross_entropy(logits, y)
        return BatchLoss(loss, logits, loss)

    def logits(self, x: Tensor, module: nn.Module | None = None) -> Tensor:
        """What the module says of a batch: it works in the precision of the training, inside.

        All else of a loss is outside, in float32: its terms are sums that 16 bits are too few for.

        Parameters
        ----------
        module
            A part of it that is asked alone; without one all of it.
        """
        mixed = self.training.precision == "bfloat16"
        with torch.autocast(x.device.type, torch.bfloat16, enabled=mixed):
            logits: Tensor = (module or self.module)(x)
        return logits.float()

    def measure(self, images: ImageSet, context: Context) -> Evaluation:
        """How good the module is on images that are held out or tested, after an epoch."""
        outcome = evaluate(self.module, images, context)
        return Evaluation(outcome.loss, outcome.accuracy)
