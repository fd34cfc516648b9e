"""The one training loop; what differs between methods plugs into it as an objective.

Steps are kept short: images become batches where they lie, no step waits to read a number back,
optimisers go over memory once, and convolutions find the channels of a pixel beside each other.
Each operation is split over torch's threads, because one step needs the last: on two free cores
``mlp-mint`` so trains 1.5 times as fast as on one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from math import ceil, isfinite
from pathlib import Path

import torch
from torch import Tensor

from pruning.context import Context
from pruning.evaluation.batches import Splits
from pruning.memory import keep_freed_memory
from pruning.randomness import torch_generator, torch_seed
from pruning.structure.layout import USUAL, layout_for, with_channels_last
from pruning.training.checkpoints import State
from pruning.training.default_generators import DefaultGenerators
from pruning.training.dropout import quick_dropout
from pruning.training.epochs import Batches, DivergedError, Epoch, steps_for
from pruning.training.hooks import Hook, Step
from pruning.training.objective import BatchLoss, Objective
from pruning.training.optimisers import Training

__all__ = ["Batches", "Epoch", "Objective", "Training", "order_of", "train"]

REPORTS_PER_EPOCH = 20
MOST_STEPS_BETWEEN_REPORTS = 20


def train(
    objective: Objective, data: Splits, context: Context, checkpoint: Path | None = None
) -> Iterator[Batches | Epoch]:
    """Train the module of ``objective`` in place and say how that goes; it ends in eval mode.

    Equal settings give equal numbers on the same device, whatever else draws random numbers.

    Parameters
    ----------
    objective
        Its module is on the device of ``data``.
    checkpoint
        A file that says how far this training is. A training that was killed goes on from it, and
        yields the finished epochs again first. It belongs to this training alone, and is gone when
        the training has ended.

    Raises
    ------
    DivergedError
        If the loss stops being a number; the message says what to change.
    """
    keep_freed_memory()
    run = _Run(objective, data, context)
    state, epochs = run.state, objective.training.epochs
    if checkpoint:
        state.restore(checkpoint)
    yield from [replace(epoch, replayed=True) for epoch in state.epochs]
    for epoch in range(objective.training.after + len(state.epochs) + 1, epochs + 1):
        if run.has_all_steps_before(epoch) or any(hook.over() for hook in objective.hooks):
            break
        with run.laid_out():
            yield from run.steps(epoch)
        yield run.close(epoch)
        # Only now: whoever keeps something of this epoch has done so.
        if checkpoint and state.pays(len(data.train)):
            state.write(checkpoint)
    for hook in objective.hooks:
        hook.at_end()
    objective.module.eval()
    if checkpoint:
        checkpoint.unlink(missing_ok=True)


def order_of(images: int, seed: int, epoch: int) -> Tensor:
    """In which order an epoch takes the training images: int64 of shape ``(images,)``."""
    # Every epoch has its own generators, so that a training can go on at any of them.
    return torch.randperm(images, generator=torch_generator("order of images", seed, epoch))


def _batches(order: Tensor, size: int) -> list[Tensor]:
    """The indices of each step."""
    batches = list(torch.split(order, size))
    if len(batches) > 1 and len(batches[-1]) == 1 < size:
        # A single image has no variance for batch norm: it joins the batch before.
        batches[-2:] = [torch.cat(batches[-2:])]
    return batches


class _Run:
    """A training on its way."""

    def __init__(self, objective: Objective, data: Splits, context: Context) -> None:
        self._objective, self._data, self._context = objective, data, context
        self._device = data.train.x.device
        self._optimizers = [part.optimizer for part in objective.optimizers]
        hooks = objective.hooks
        self._before = [h.before_step for h in hooks if _overrides(h, Hook.before_step)]
        self._after = [h.after_step for h in hooks if _overrides(h, Hook.after_step)]
        self._tally = _Tally(self._device)
        self._layout = layout_for(objective.module, data.train.batch(slice(2))[0])
        self.state = State(objective)

    def laid_out(self) -> AbstractContextManager[None]:
        """Meanwhile all lies as it is fastest; outside of steps, where anybody looks, as usual."""
        if self._layout == USUAL:
            return nullcontext()
        return with_channels_last(self._objective.module, self._optimizers)

    def has_all_steps_before(self, epoch: int) -> bool:
        """Whether training has come to the number of steps at which it ends."""
        training = self._objective.training
        each = steps_for(len(self._data.train), training.batch_size)
        return 0 < training.steps <= (epoch - 1) * each

    def steps(self, epoch: int) -> Iterator[Batches]:
        """All steps of an epoch, with a report now and then."""
        training = self._objective.training
        order = order_of(len(self._data.train), training.seed, epoch).to(self._device)
        batches = _batches(order, training.batch_size)
        augmenter = self._augmenter(epoch) if training.augment else None
        dropout = torch_seed("dropout", training.seed, epoch)
        generators = DefaultGenerators(dropout, str(self._device))
        self._tally = _Tally(self._device)
        before, total = (epoch - 1) * len(batches), training.epochs * len(batches)
        total = min(total, training.steps or total)
        batches = batches[: total - before]
        every = min(ceil(len(batches) / REPORTS_PER_EPOCH), MOST_STEPS_BETWEEN_REPORTS)
        for first in range(0, len(batches), every):
            chunk = batches[first : first + every]
            with generators.flowing(), self._prepared():
                for done, indices in enumerate(chunk, before + first):
                    self._context.check()
                    x, y = self._data.train.batch(indices, augmenter, self._layout)
                    self._step(x, y, self._at(done, total))
            loss, accuracy = self._tally.means()
            self._check_finite(loss, epoch)
            yield Batches(before + first + len(chunk), total, epoch, loss, accuracy)

    @torch.no_grad()
    def close(self, epoch: int) -> Epoch:
        """What the epoch brought."""
        objective, data = self._objective, self._data
        loss, accuracy = self._tally.means()
        values = self._tally.terms()
        held = None
        if len(data.validation):
            held = objective.measure(data.validation, self._context)
            self._check_finite(held.loss, epoch)
            values |= {f"validation_{name}": value for name, value in held.values.items()}
        test = objective.measure(data.test, self._context)
        values |= {f"test_{name}": value for name, value in test.values.items()}
        record = Epoch(
            epoch,
            loss,
            accuracy,
            held.loss if held else None,
            held.accuracy if held else None,
            test.accuracy,
            self._optimizers[0].param_groups[0]["lr"],
            best_epoch=epoch,
            values=values,
        )
        for hook in objective.hooks:
            record = hook.after_epoch(record)
        self.state.epochs.append(record)
        return record

    def _augmenter(self, epoch: int) -> torch.Generator:
        seed = self._objective.training.seed
        return torch_generator("augmentation", seed, epoch, device=str(self._device))

    def _at(self, done: int, total: int) -> Step:
        """The step after so many, at whose rates the optimisers are now."""
        rates = [part.set_rate(done / total) for part in self._objective.optimizers]
        return Step(done + 1, total, rates[0])

    def _step(self, x: Tensor, y: Tensor, step: Step) -> None:
        batch = self._objective.loss(x, y)
        for optimizer in self._optimizers:
            optimizer.zero_grad()
        torch.autograd.backward(batch.total)
        if self._before:
            self._call(self._before, step)
        for optimizer in self._optimizers:
            optimizer.step()
        if self._after:
            self._call(self._after, step)
        self._tally.add(batch, y)

    @torch.no_grad()
    def _call(self, hooks: Sequence[Callable[[Step], None]], step: Step) -> None:
        for hook in hooks:
            hook(step)

    @contextmanager
    def _prepared(self) -> Iterator[None]:
        """The module in training mode, and convolutions that give the same numbers each time."""
        module = self._objective.module.train()
        same_numbers = torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True)
        with same_numbers, quick_dropout(module):
            yield

    def _check_finite(self, loss: float, epoch: int) -> None:
        if not isfinite(loss):
            raise DivergedError(
                f"training diverged in epoch {epoch}: its loss is {loss}. Choose a learning rate "
                f"below {self._objective.training.learning_rate:g}"
            )


def _overrides(hook: Hook, method: Callable[..., None]) -> bool:
    """Whether a hook wants to be called: in a step, calls for nothing add up."""
    return getattr(type(hook), method.__name__) is not method


class _Tally:
    """Sums over images so far, kept on the device: reading them back would make steps wait."""

    def __init__(self, device: torch.device) -> None:
        self._loss = torch.zeros((), dtype=torch.float64, device=device)
        self._hits = torch.zeros((), dtype=torch.int64, device=device)
        self._terms: dict[str, Tensor] = {}
        self._images = 0

    def add(self, batch: BatchLoss, y: Tensor) -> None:
        self._loss += batch.cross_entropy.detach() * len(y)
        self._hits += (batch.logits.detach().argmax(1) == y).sum()
        self._images += len(y)
        for name, term in batch.terms.items():
            added = term.detach().double() * len(y)
            self._terms[name] = self._terms.get(name, 0) + added

    def means(self) -> tuple[float, float]:
        return float(self._loss) / self._images, int(self._hits) / self._images

    def terms(self) -> dict[str, float]:
        return {f"train_{name}": float(t) / self._images for name, t in self._terms.items()}
