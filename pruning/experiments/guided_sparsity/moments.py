"""What a network is worth on its way, every so many steps, under the threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import torch
from torch import Tensor, nn

from pruning.context import Context
from pruning.evaluation.accuracy import Outcome, evaluate
from pruning.evaluation.batches import ImageSet, Splits
from pruning.experiments.guided_sparsity.settling import Settled, settled
from pruning.structure.groups import Structure
from pruning.structure.units import layers_of
from pruning.training.epochs import DivergedError
from pruning.training.group_penalties import unit_norms
from pruning.training.hooks import Hook, Step
from pruning.training.penalising import Penalty

_TENSORS = ("energies", "dead")


@dataclass(frozen=True)
class Moment:
    """A network after some steps.

    Attributes
    ----------
    accuracy, cross_entropy
        Of the settled network on the test images.
    held_out
        Its accuracy on the validation images, if there are any.
    layers
        By layer: how many weights are left, of how many.
    dead
        By layer: which units have no weight left.
    nonzero
        Parameters that are not zero, biases and batch norms included.
    units, parameters
        How many are left after surgery; units of the layers that can lose some.
    terms
        By penalty: what it adds to the loss.
    energies
        By layer: each unit's squared norm, float32 of shape ``(units,)``.
    """

    step: int
    accuracy: float
    cross_entropy: float
    held_out: float | None
    layers: dict[str, list[int]]
    nonzero: int
    units: int
    parameters: int
    terms: dict[str, float]
    energies: dict[str, Tensor]
    dead: dict[str, Tensor]

    @property
    def alive(self) -> dict[str, int]:
        """By layer: how many units have a weight left."""
        return {name: int((~each).sum()) for name, each in self.dead.items()}

    @property
    def zeros(self) -> dict[str, float]:
        """By layer: the share of its weights that is zero."""
        return {name: 1 - left / count for name, (left, count) in self.layers.items()}

    @property
    def mean_of_layers(self) -> float:
        """The published measure of sparsity."""
        return sum(self.zeros.values()) / len(self.zeros)

    @property
    def of_all_weights(self) -> float:
        """The share of all weights that is zero."""
        left = sum(left for left, _ in self.layers.values())
        return 1 - left / sum(count for _, count in self.layers.values())

    @property
    def score(self) -> float:
        """What moments are chosen by: held-out images, without any those to test."""
        return self.accuracy if self.held_out is None else self.held_out


class Watch(Hook):
    """Takes in moments while a network is trained.

    Attributes
    ----------
    moments
        All that were taken in.

    Parameters
    ----------
    every
        After so many steps, besides before the first and after the last.
    """

    def __init__(
        self,
        network: nn.Module,
        structure: Structure,
        penalties: Mapping[str, Penalty],
        data: Splits,
        context: Context,
        *,
        every: int,
        threshold: float,
    ) -> None:
        self.moments: list[Moment] = []
        self._network, self._structure, self._penalties = network, structure, penalties
        self._data, self._context = data, context
        self._every, self._threshold = every, threshold
        self._told = 0

    def fresh(self) -> list[Moment]:
        """Those that were not asked for before."""
        fresh = self.moments[self._told :]
        self._told = len(self.moments)
        return fresh

    def before_step(self, step: Step) -> None:
        """How the network begins."""
        if step.number == 1:
            self._take_in(0)

    def after_step(self, step: Step) -> None:
        """Every so many steps, and at the end."""
        if step.number % self._every == 0 or step.number == step.total:
            self._take_in(step.number)

    def _take_in(self, step: int) -> None:
        layers = layers_of(self._network)
        energies = {name: unit_norms(layer.weight).square().cpu() for name, layer in layers.items()}
        if not all(bool(each.isfinite().all()) for each in energies.values()):
            raise _diverged(step, "weights are no numbers any more")
        found = self.settled()
        test, held_out = self._outcome(found, self._data.test), self._data.validation
        if not isfinite(test.loss):
            raise _diverged(step, f"its loss is {test.loss}")
        left = {name: [int(mask.sum()), mask.numel()] for name, mask in found.left.items()}
        self.moments.append(
            Moment(
                step,
                test.accuracy,
                test.loss,
                self._outcome(found, held_out).accuracy if len(held_out) else None,
                left,
                sum(int(each.count_nonzero()) for each in found.network.parameters()),
                sum(self._structure.unit_counts.values()) - found.masks.units_cut,
                sum(each.numel() for each in found.slimmed(self._structure).parameters()),
                {name: float(each.value()) for name, each in self._penalties.items()},
                energies,
                {name: ~mask.flatten(1).any(1) for name, mask in found.left.items()},
            )
        )

    def settled(self) -> Settled:
        """The network as it is evaluated now."""
        x = self._data.test.batch(slice(1))[0]
        return settled(self._network, self._structure, self._threshold, x)

    def _outcome(self, found: Settled, images: ImageSet) -> Outcome:
        return evaluate(found.network, images, self._context)

    def state_dict(self) -> dict[str, Any]:
        """All moments."""
        return {"moments": [vars(each) for each in self.moments]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take them over; they are fresh again."""
        self.moments, self._told = [_on_the_cpu(each) for each in state["moments"]], 0


def _diverged(step: int, what: str) -> DivergedError:
    return DivergedError(
        f"training diverged before step {step}: {what}. Choose a lower learning rate or lower "
        "coefficients"
    )


def _on_the_cpu(words: Mapping[str, Any]) -> Moment:
    """A moment from a checkpoint, whose tensors are wherever training is."""
    tensors = {kind: {n: each.cpu() for n, each in words[kind].items()} for kind in _TENSORS}
    return Moment(**{**words, **tensors})


def packed(moments: Sequence[Moment]) -> tuple[dict[str, Tensor], list[dict[str, Any]]]:
    """Moments as tensors, those of a layer over all of them, and what JSON knows."""
    tensors = {
        f"{kind}/{layer}": torch.stack([getattr(each, kind)[layer] for each in moments])
        for kind in _TENSORS
        for layer in (moments[0].energies if moments else ())
    }
    words = [{k: v for k, v in vars(each).items() if k not in _TENSORS} for each in moments]
    return tensors, words


def unpacked(tensors: Mapping[str, Tensor], words: Sequence[dict[str, Any]]) -> list[Moment]:
    """What :func:`packed` was given."""

    def at(place: int, kind: str) -> dict[str, Tensor]:
        own = {k.removeprefix(f"{kind}/"): v for k, v in tensors.items() if k.startswith(kind)}
        return {layer: values[place].cpu() for layer, values in own.items()}

    return [
        Moment(**each, energies=at(place, "energies"), dead=at(place, "dead"))
        for place, each in enumerate(words)
    ]
