"""Learning what to send: a mask over the inputs is trained together with the network behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import AdamW

from pruning.context import Context
from pruning.evaluation.accuracy import Outcome, block_by_block, blocks_of
from pruning.evaluation.batches import ImageSet
from pruning.inputs.schedule import EndBelow, LambdaAndTau
from pruning.inputs.selection import Selecting, Selection
from pruning.inputs.settings import SelectionSettings
from pruning.inputs.thin_convolutions import ThinConvolutions
from pruning.structure.hooks import evaluating
from pruning.training.epochs import Epoch
from pruning.training.hooks import Hook
from pruning.training.keepers import BestInIntervals
from pruning.training.objective import BatchLoss, Evaluation, Objective
from pruning.training.optimisers import Scheduled, Training
from pruning.training.penalties.base import penalties_of

BETAS = (0.5, 0.999)
# Sums of shares are off by less; so a share of exactly 5 % is in the interval up to 5 %.
_DIGITS = 12


class InputSelection(Objective):
    """Cross-entropy plus λ times the share Q of the input that is sent [oehmcke2022]_.

    It ends with the weights of its last epoch; the best ones are in ``best``. How they are
    optimised is published: AdamW with AMSGrad, whatever optimiser the training names.

    Attributes
    ----------
    selection
        The masks, of which only those that have parameters are learned.
    best
        For each interval of Q the weights of selection and network of the epoch with the best
        validation accuracy; without images held out, test accuracy. Its place is ``q``.

    Parameters
    ----------
    training
        Its learning rate and schedule are the network's.
    hooks
        What acts besides, such as what draws a picture of each epoch, or moves a mask that is
        not learned; after those that tell ``lambda``, ``tau`` and ``q``, before all that keep.
    """

    def __init__(
        self,
        network: nn.Module,
        selection: Selection,
        training: Training,
        settings: SelectionSettings,
        hooks: Sequence[Hook] = (),
    ) -> None:
        super().__init__(network, training)
        self.module: nn.Module = Selecting(selection, network)
        self.network, self.selection = network, selection
        self._thin = ThinConvolutions(network)
        follow = _optimised(network.parameters(), training.rate, settings.network_decay)
        self.penalties = penalties_of(network, training, follow.optimizer)
        self.optimizers = [follow]
        if any(True for _ in selection.parameters()):
            rate = settings.mask_rate
            self.optimizers.append(
                _optimised(selection.parameters(), lambda _: rate, settings.mask_decay)
            )
        self.schedule = LambdaAndTau(settings.schedule, selection)
        self.best = BestInIntervals(
            self.module, settings.edges, place=lambda epoch: epoch.values["q"], score=_accuracy
        )
        self.hooks = [
            *self.penalties.values(),
            self.schedule,
            *hooks,
            self.best,
            EndBelow(settings.floor),
        ]

    def loss(self, x: Tensor, y: Tensor) -> BatchLoss:
        """Of a batch; Q is its mean over these images."""
        selected = self.selection(x)
        with self._thin.quick():
            logits = self.logits(selected.images, self.network)
        loss = cross_entropy(logits, y)
        q = selected.q.mean()
        return BatchLoss(loss + self.schedule.weight * q.to(loss), logits, loss, {"q": q})

    def measure(self, images: ImageSet, context: Context) -> Evaluation:
        """Loss, accuracy and the mean Q of images, and which share of them has which version.

        That of the thumbnails is told as ``thumbnail_0``, the original, and so on, that of the
        JPEG qualities as ``quality_0``.
        """

        def block(indices: slice) -> Tensor:
            x, y = images.batch(indices)
            selected = self.selection(x)
            told = [selected.q[:, None], *map(_shares, selected.chosen)]
            columns = [part.double().expand(len(y), -1) for part in told]
            return torch.cat([self.network(selected.images).double(), *columns], 1)

        with evaluating(self.module):
            found = torch.cat(block_by_block(block, blocks_of(images), context))
        names = ["q", *_version_names(self.selection)]
        logits, told = found.tensor_split([-len(names)], 1)
        outcome = Outcome.of(logits.float(), images.y)
        means = [round(mean, _DIGITS) for mean in told.mean(0).tolist()]
        return Evaluation(outcome.loss, outcome.accuracy, dict(zip(names, means, strict=True)))


def _version_names(selection: Selection) -> list[str]:
    """What the share of the images that a version is chosen for is told as."""
    of = zip(("thumbnail", "quality"), (selection.thumbnails, selection.qualities), strict=True)
    counts = zip(of, selection.costs.shape, strict=True)
    return [f"{name}_{i}" for (name, mask), count in counts if mask for i in range(count)]


def _shares(chosen: Tensor) -> Tensor:
    """Of each version the share of each image that has it, shape ``(b, versions)``."""
    return chosen.mean((2, 3, 4))


def _optimised(
    parameters: Iterable[nn.Parameter], rate: Callable[[float], float], decay: float
) -> Scheduled:
    optimizer = AdamW(
        parameters, rate(0.0), betas=BETAS, weight_decay=decay, amsgrad=True, fused=True
    )
    return Scheduled(optimizer, rate)


def _accuracy(epoch: Epoch) -> float:
    held_out = epoch.validation_accuracy
    return epoch.test_accuracy if held_out is None else held_out
