"""An objective that uses all there is: a mask before the network, learned on its own terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, AdamW

from pruning.context import Context
from pruning.evaluation.batches import ImageSet
from pruning.events import Array, Frame
from pruning.training.epochs import Epoch
from pruning.training.hooks import Hook, Step
from pruning.training.keepers import BestInIntervals
from pruning.training.objective import BatchLoss, Evaluation, Objective
from pruning.training.optimisers import Scheduled, Training
from pruning.training.penalising import Penalty
from pruning.training.penalties.base import Trained

EDGES = (0.55, 0.7, 0.95)


class Mask(nn.Module):
    """Each input times a learned share."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.linspace(1.0, 3.0, int(torch.Size(shape).numel())))
        self._shape = shape

    def shares(self) -> Tensor:
        return self.logits.sigmoid().view(self._shape)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.shares()


class Pull(Penalty):
    """``factor / 2 · Σ (w - mean)²`` with the moving mean of each weight."""

    def __init__(self, weights: Sequence[Tensor], factor: float) -> None:
        super().__init__(weights, factor)
        self.means = [weight.detach().clone() for weight in weights]

    def before_step(self, _: Step) -> None:
        for weight, mean in zip(self.weights, self.means, strict=True):
            weight.grad.add_(weight - mean, alpha=self.factor)

    def after_step(self, _: Step) -> None:
        for weight, mean in zip(self.weights, self.means, strict=True):
            mean.lerp_(weight, 0.2)

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "means": self.means}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self.means = state["means"]


class Shrink(Hook):
    """A proximal step: towards zero by the rate of the step."""

    def __init__(self, weight: Tensor) -> None:
        self.weight = weight

    def after_step(self, step: Step) -> None:
        self.weight.mul_(max(0.0, 1 - step.rate * (1 + step.number / step.total)))


class Growing(Hook):
    """The weight of the share in the loss: it grows where an epoch did not lower the share."""

    def __init__(self, pull: Pull) -> None:
        self.factor, self.lowest, self.pull = 0.5, 1.0, pull

    def after_epoch(self, epoch: Epoch) -> Epoch:
        sent = epoch.values["validation_sent"]
        epoch = epoch.told(factor=self.factor, pull=self.pull.factor)
        if sent > self.lowest - 0.08:
            self.factor *= 2
            self.pull.factor *= 0.5
        self.lowest = min(sent, self.lowest)
        return epoch

    def state_dict(self) -> dict[str, Any]:
        return {"factor": self.factor, "lowest": self.lowest}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.factor, self.lowest = state["factor"], state["lowest"]


class Picture(Hook):
    """Shows the mask after each epoch."""

    def __init__(self, mask: Mask) -> None:
        self.mask = mask

    def after_epoch(self, epoch: Epoch) -> Epoch:
        image = Array.of(255 * self.mask.shares(), "u1")
        frame = Frame(name="mask", at=epoch.epoch, arrays={"image": image})
        return replace(epoch, frames=[*epoch.frames, frame])


def mask_rate(done: float) -> float:
    return 50.0 * (1 - done)


class Masked(Objective):
    """A network behind a mask, each with an optimiser and a schedule of its own."""

    def __init__(self, network: nn.Module, mask: Mask, training: Training) -> None:
        super().__init__(nn.Sequential(mask, network), training)
        self.mask = mask
        follow = AdamW(
            network.parameters(), amsgrad=True, betas=(0.5, 0.999), weight_decay=1e-4, fused=True
        )
        self.optimizers = [
            Scheduled(follow, training.rate),
            Scheduled(SGD(mask.parameters(), momentum=0.5), mask_rate),
        ]
        weights = Trained(network, follow).weights
        self.pull = Pull(weights, 0.1)
        self.growing = Growing(self.pull)
        self.best = BestInIntervals(
            self.module,
            EDGES,
            place=lambda epoch: epoch.values["validation_sent"],
            score=lambda epoch: epoch.validation_accuracy,
        )
        self.hooks = [self.pull, Shrink(weights[-1]), self.growing, Picture(mask), self.best]

    def loss(self, x: Tensor, y: Tensor) -> BatchLoss:
        plain, sent = super().loss(x, y), self.mask.shares().mean()
        total = plain.total + self.growing.factor * sent
        return plain._replace(total=total, terms={"sent": sent})

    def measure(self, images: ImageSet, context: Context) -> Evaluation:
        plain = super().measure(images, context)
        return plain._replace(values={"sent": float(self.mask.shares().mean())})
