"""How a network's weights follow the gradient: settings, optimisers and learning rates by name.

Importable without torch, so that forms can offer the names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import cos, pi
from typing import TYPE_CHECKING, Literal

from pruning.training.identity import later

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

OptimizerName = Literal["adam", "adamw", "sgd", "nesterov"]
ScheduleName = Literal["constant", "step", "cosine"]
KeptEpoch = Literal["lowest_loss", "best_accuracy", "last"]
Precision = Literal["float32", "bfloat16"]

MOMENTUM = 0.9
# What fine-tuning divides the learning rate by, where no other is given.
GENTLER = 10


@dataclass(frozen=True)
class Training:
    """The settings of one training.

    A field that is added is a :func:`pruning.training.identity.later` one, so that the networks
    that people have are found.

    Attributes
    ----------
    epochs
        How often training passes over the training images; 0 leaves the network as it is.
    after
        How many of the epochs count as done: learning rates, order of the images, augmentation and
        dropout go on from there.
    batch_size
        Images per step; the last step of an epoch takes what is left.
    learning_rate
        Of the first step.
    optimizer
        ``sgd`` has a momentum of 0.9; ``nesterov`` is the same with Nesterov's correction.
    learning_rate_schedule
        ``constant``; ``step``: divided by ten after half and three quarters of the steps;
        ``cosine``: falling to zero along half a cosine.
    l1, l2
        Factors of the sum of |w| and of w² over the weights of convolutions and linear layers.
    norm_l1
        Factor of the sum of |γ| over the scales of batch norms.
    weight_decay
        The optimiser's own, on all parameters: half an L2 penalty, but decoupled in ``adamw``.
    augment
        Whether training images are cropped and mirrored at random, as their dataset allows.
    keep
        With the weights of which epoch training ends: that of the lowest validation loss, that of
        the best validation accuracy, or the last. Without held-out images it is the last.
    seed
        Decides the order of the images, the augmentation and dropout.
    penalties
        Further terms of the loss: names of :data:`pruning.training.penalties.base.penalties`, and
        their factors.
    spared
        Layers whose weights ``l1``, ``l2`` and ``penalties`` leave alone: names, or the words
        ``first`` and ``output``.
    steps
        If not 0, training ends after so many, in the midst of its last epoch.
    precision
        ``bfloat16``: products and convolutions of a step take and give 16 bits. Weights, what
        optimisers remember, losses and all that is measured have 32 bits in any case.
    """

    epochs: int
    batch_size: int = 128
    learning_rate: float = 0.001
    optimizer: OptimizerName = "adam"
    learning_rate_schedule: ScheduleName = "constant"
    l1: float = 0.0
    l2: float = 0.0
    weight_decay: float = 0.0
    augment: bool = False
    keep: KeptEpoch = "lowest_loss"
    seed: int = 0
    after: int = later(0, before=0)
    norm_l1: float = later(0.0, before=0.0)
    precision: Precision = later("float32", before="float32")
    penalties: tuple[tuple[str, float], ...] = later((), before=())
    spared: tuple[str, ...] = later((), before=())
    steps: int = later(0, before=0)

    def rate(self, done: float) -> float:
        """The learning rate of the next step; ``done`` is the share of all steps, 0 to 1."""
        return self.learning_rate * _FACTORS[self.learning_rate_schedule](done)


def _tenths(done: float) -> float:
    return 1.0 if done < 0.5 else 0.1 if done < 0.75 else 0.01


_FACTORS: dict[ScheduleName, Callable[[float], float]] = {
    "constant": lambda _: 1.0,
    "step": _tenths,
    "cosine": lambda done: (1 + cos(pi * done)) / 2,
}


def make_optimizer(training: Training, parameters: Iterable[nn.Parameter]) -> Optimizer:
    """The optimiser that ``training`` asks for, at the learning rate of the first step.

    Fused: one pass over the memory of parameters, gradients and state. On two CPU cores and the
    545,000 parameters of ``mlp-mint`` a step of Adam so takes 0.18 ms instead of 0.48.
    """
    from torch.optim import SGD, Adam, AdamW

    rate, decay = training.learning_rate, training.weight_decay
    match training.optimizer:
        case "sgd":
            return SGD(parameters, rate, momentum=MOMENTUM, weight_decay=decay, fused=True)
        case "nesterov":
            return SGD(parameters, rate, MOMENTUM, weight_decay=decay, nesterov=True, fused=True)
        case "adam":
            return Adam(parameters, rate, weight_decay=decay, fused=True)
        case "adamw":
            return AdamW(parameters, rate, weight_decay=decay, fused=True)


@dataclass(frozen=True, eq=False)
class Scheduled:
    """An optimiser of some parameters, and how its learning rate goes.

    Attributes
    ----------
    rate
        The learning rate of the next step; its argument is the share of all steps that are done.
    """

    optimizer: Optimizer
    rate: Callable[[float], float]

    def set_rate(self, done: float) -> float:
        """Prepare for the next step, and say at which rate."""
        rate = self.rate(done)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        return rate
