"""The one training loop: penalties, masks, schedules and checkpoints plug into it.

Steps are kept short: images become batches where they lie, no step waits to read a number back,
and optimisers go over memory once. Each operation is split over torch's threads, because one step
needs the last: on two free cores ``mlp-mint`` so trains 1.5 times as fast as on one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil, isfinite
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.amp.grad_scaler import GradScaler
from torch.nn.functional import cross_entropy

from pruning.context import CannotRunError, Context
from pruning.evaluation.accuracy import evaluate
from pruning.evaluation.batches import Splits
from pruning.masks.applying import ParameterMasks, apply_masks
from pruning.randomness import Randomness
from pruning.training.checkpoints import State
from pruning.training.dropout import quick_dropout
from pruning.training.epochs import Batches, Epoch
from pruning.training.optimisers import Training, make_optimizer
from pruning.training.penalties import add_penalty_gradients, kernels

__all__ = ["Batches", "Epoch", "Training", "order_of", "train"]

REPORTS_PER_EPOCH = 20
MOST_STEPS_BETWEEN_REPORTS = 20


def train(
    network: nn.Module,
    data: Splits,
    training: Training,
    context: Context,
    masks: ParameterMasks | None = None,
    checkpoint: Path | None = None,
) -> Iterator[Batches | Epoch]:
    """Train ``network`` in place and say how that goes; it ends in eval mode.

    Equal settings give equal numbers on the same device, whatever else draws random numbers.

    Parameters
    ----------
    network
        On the device of ``data``.
    masks
        What they remove is zero from the start and after every step.
    checkpoint
        A file that says how far this training is. A training that was killed goes on from it, and
        yields the finished epochs again first. It belongs to this training alone, and is gone when
        the training has ended.

    Raises
    ------
    ValueError
        If the loss stops being a number; the message says what to change.
    """
    run = _Run(network, data, training, context, masks or {})
    if checkpoint:
        run.state.restore(checkpoint)
    yield from list(run.state.epochs)
    for epoch in range(len(run.state.epochs) + 1, training.epochs + 1):
        yield from run.steps(epoch)
        yield run.close(epoch)
        # Only now: whoever keeps something of this epoch has done so.
        if checkpoint and run.state.pays(len(data.train)):
            run.state.write(checkpoint)
    if run.state.best:
        network.load_state_dict(run.state.best)
    network.eval()
    if checkpoint:
        checkpoint.unlink(missing_ok=True)


def order_of(images: int, seed: int, epoch: int) -> Tensor:
    """In which order an epoch takes the training images: int64 of shape ``(images,)``."""
    return torch.randperm(images, generator=torch.Generator().manual_seed(_seeds(seed, epoch)[0]))


def _seeds(seed: int, epoch: int) -> list[int]:
    """Seeds of an epoch's order, augmentation and dropout.

    Every epoch has its own, so that a training can go on at any of them.
    """
    return [int(part) for part in np.random.SeedSequence([seed, epoch]).generate_state(3)]


def _batches(order: Tensor, size: int) -> list[Tensor]:
    """The indices of each step."""
    batches = list(torch.split(order, size))
    if len(batches) > 1 and len(batches[-1]) == 1 < size:
        # A single image has no variance for batch norm: it joins the batch before.
        batches[-2:] = [torch.cat(batches[-2:])]
    return batches


class _Run:
    """A training on its way."""

    def __init__(
        self,
        network: nn.Module,
        data: Splits,
        training: Training,
        context: Context,
        masks: ParameterMasks,
    ) -> None:
        self._network, self._data, self._training = network, data, training
        self._context = context
        self._device = data.train.x.device
        # Half precision pays where there is hardware for it.
        self._mixed = self._device.type == "cuda"
        self._kernels = kernels(network)
        self._masked, self._masks = _aligned(network, masks)
        self._optimizer = make_optimizer(training, network.parameters())
        self._scaler = GradScaler(self._device.type, enabled=self._mixed)
        self._tally = _Tally(self._device)
        self.state = State(network, self._optimizer, self._scaler, training)

    def steps(self, epoch: int) -> Iterator[Batches]:
        """All steps of an epoch, with a report now and then."""
        training = self._training
        order = order_of(len(self._data.train), training.seed, epoch).to(self._device)
        batches = _batches(order, training.batch_size)
        _, augmentation, dropout = _seeds(training.seed, epoch)
        augmenter = torch.Generator(self._device).manual_seed(augmentation)
        randomness = Randomness(dropout, str(self._device))
        self._tally = _Tally(self._device)
        before, total = (epoch - 1) * len(batches), training.epochs * len(batches)
        every = min(ceil(len(batches) / REPORTS_PER_EPOCH), MOST_STEPS_BETWEEN_REPORTS)
        for first in range(0, len(batches), every):
            chunk = batches[first : first + every]
            with randomness.flowing(), self._prepared():
                for step, indices in enumerate(chunk, before + first):
                    self._context.check()
                    self._set_rate(training.rate(step / total))
                    self._step(indices, augmenter if training.augment else None)
            loss, accuracy = self._tally.means()
            self._check_finite(loss, epoch)
            yield Batches(before + first + len(chunk), total, epoch, loss, accuracy)

    def close(self, epoch: int) -> Epoch:
        """What the epoch brought; the network is kept if it is the best so far."""
        train_loss, train_accuracy = self._tally.means()
        loss = accuracy = None
        if len(self._data.validation):
            outcome = evaluate(self._network, self._data.validation, self._context)
            loss, accuracy = outcome.loss, outcome.accuracy
            self._check_finite(loss, epoch)
        record = Epoch(
            epoch,
            train_loss,
            train_accuracy,
            loss,
            accuracy,
            evaluate(self._network, self._data.test, self._context).accuracy,
            self._optimizer.param_groups[0]["lr"],
            self._best_epoch(epoch, loss),
        )
        self.state.close(record)
        return record

    def _step(self, indices: Tensor, augmenter: torch.Generator | None) -> None:
        x, y = self._data.train.batch(indices, augmenter)
        with torch.autocast(self._device.type, enabled=self._mixed):
            logits = self._network(x)
            loss = cross_entropy(logits, y)
        self._optimizer.zero_grad()
        torch.autograd.backward(self._scaler.scale(loss))
        self._penalise()
        self._scaler.step(self._optimizer)
        self._scaler.update()
        if self._masks:
            # After the step, for momentum and weight decay move weights without a gradient too.
            with torch.no_grad():
                torch._foreach_mul_(self._masked, self._masks)
        self._tally.add(loss.detach(), logits.detach(), y)

    def _penalise(self) -> None:
        l1, l2 = self._training.l1, self._training.l2
        if l1 or l2:
            self._scaler.unscale_(self._optimizer)
            add_penalty_gradients(self._kernels, l1, l2)

    def _set_rate(self, rate: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = rate

    @contextmanager
    def _prepared(self) -> Iterator[None]:
        """The network in training mode, and convolutions that give the same numbers each time."""
        self._network.train()
        same_numbers = torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True)
        with same_numbers, quick_dropout(self._network):
            yield

    def _best_epoch(self, epoch: int, loss: float | None) -> int:
        if loss is None or not self.state.epochs:
            return epoch
        best = self.state.epochs[self.state.epochs[-1].best_epoch - 1]
        assert best.validation_loss is not None
        return epoch if loss < best.validation_loss else best.epoch

    def _check_finite(self, loss: float, epoch: int) -> None:
        if not isfinite(loss):
            raise CannotRunError(
                f"training diverged in epoch {epoch}: its loss is {loss}. Choose a learning rate "
                f"below {self._training.learning_rate:g}"
            )


def _aligned(network: nn.Module, masks: ParameterMasks) -> tuple[list[Tensor], list[Tensor]]:
    """The parameters that have masks, with what is removed set to zero, and their masks."""
    apply_masks(network, masks)
    named = dict(network.named_parameters())
    # As numbers of the parameters' own type: multiplying by truth values converts them each time.
    return [named[name] for name in masks], [mask.to(named[name]) for name, mask in masks.items()]


class _Tally:
    """Loss and hits so far, added up on the device: reading them back would make steps wait."""

    def __init__(self, device: torch.device) -> None:
        self._loss = torch.zeros((), dtype=torch.float64, device=device)
        self._hits = torch.zeros((), dtype=torch.int64, device=device)
        self._images = 0

    def add(self, loss: Tensor, logits: Tensor, y: Tensor) -> None:
        self._loss += loss * len(y)
        self._hits += (logits.argmax(1) == y).sum()
        self._images += len(y)

    def means(self) -> tuple[float, float]:
        return float(self._loss) / self._images, int(self._hits) / self._images
