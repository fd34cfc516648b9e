"""An arm of a sweep: one criterion at one granularity, and the masks that it leads to."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from pruning.criteria.base import Criterion
from pruning.criteria.evidence.network import score_layers
from pruning.experiments.sweep.config import (
    CONTROLS,
    REINITIALISED,
    SHUFFLED,
    SweepConfig,
    split_control,
)
from pruning.experiments.sweep.granularities import SCORED, WORDS, Granularity
from pruning.experiments.sweep.removal import Kept, Removal
from pruning.masks.applying import apply_masks
from pruning.masks.ranking import places_within_outputs, usable
from pruning.randomness import torch_generator
from pruning.structure.groups import Structure

Reference = tuple[Tensor, Tensor]


class UnusableScoresError(ValueError):
    """A criterion's scores rank nothing: they are all zero, or some are not numbers."""


@dataclass(frozen=True)
class Arm:
    """One curve of a sweep.

    Attributes
    ----------
    control
        What sets a control apart from the arm that it controls; see :data:`.config.CONTROLS`.
    """

    criterion: Criterion
    granularity: Granularity
    control: str = ""

    @property
    def is_shuffled(self) -> bool:
        """Whether the same share of every layer is removed, but at random inside each."""
        return self.control == SHUFFLED

    @property
    def is_reinitialised(self) -> bool:
        """Whether the same masks are trained from other initial weights."""
        return self.control == REINITIALISED

    @property
    def controlled(self) -> Arm:
        """The arm that this controls; itself, if it is none."""
        return replace(self, control="")

    @property
    def name(self) -> str:
        """What the column ``criterion`` of the tables says."""
        return self.criterion.name + self.control

    @property
    def key(self) -> str:
        """What the names of series and frames carry."""
        return f"{self.name}/{self.granularity}"

    @property
    def title(self) -> str:
        """What people call it."""
        control = f", {CONTROLS[self.control]}" if self.control else ""
        return f"{self.criterion.title}{control}, {WORDS[self.granularity]}"


def arms_of(config: SweepConfig) -> list[Arm]:
    """The arms that a configuration asks for, in their order."""
    return [
        Arm(config.criterion(criterion), granularity, control)
        for name, granularity in config.arms
        for criterion, control in [split_control(name)]
    ]


class Pruner:
    """The masks of one arm on one network; they only shrink.

    What they cover is what the removal is asked about: the groups of units of the structure, or
    the weights of its layers.

    Parameters
    ----------
    structure
        Of the networks that are scored.
    reference
        The normalised images and classes that the criterion looks at.
    seed
        For criteria and controls that draw.
    whole
        Masks that keep everything, by the names of what can be removed.
    remove
        How the lowest scores go.
    """

    def __init__(
        self,
        arm: Arm,
        structure: Structure,
        reference: Reference,
        seed: int,
        whole: Mapping[str, Tensor],
        remove: Removal,
    ) -> None:
        self.arm = arm
        self._structure = structure
        self._reference = reference
        self._seed = seed
        self._whole = dict(whole)
        self._remove = remove
        self.restart()

    def restart(self) -> None:
        """Take everything as whole again."""
        self.kept: Kept = dict(self._whole)

    @property
    def sparsity(self) -> float:
        """The share that is gone, as sparsities mean it."""
        return self._remove.removed(self.kept)

    def masks(self) -> dict[str, Tensor]:
        """The masks of the parameters."""
        return self.parameter_masks(self.kept)

    def parameter_masks(self, kept: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The masks of the parameters where this is left of groups, or of layers' weights."""
        if self.arm.granularity == "unit":
            return self._structure.parameter_masks(kept)
        return {f"{name}.weight": mask for name, mask in kept.items()}

    def try_out(self, network: nn.Module) -> None:
        """Raise what scoring such a network would raise; whether scores rank does not matter."""
        self._scores(network)

    def scores(self, network: nn.Module) -> dict[str, Tensor]:
        """Score what can be removed of ``network``, in the shapes of the masks.

        The units of a group are scored by the mean over its layers.

        Raises
        ------
        UnusableScoresError
            If the scores rank nothing.
        """
        scores = self._scores(network)
        if not usable([score.flatten() for score in scores.values()]):
            raise UnusableScoresError("its scores are all zero or not numbers")
        if self.arm.criterion.among == "output":
            scores = {name: places_within_outputs(score) for name, score in scores.items()}
        if self.arm.granularity == "unit":
            scores = {
                group.name: torch.stack(
                    [group.of_units(name, scores[name]) for name in group.layers]
                ).mean(dim=0)
                for group in self._structure.groups
            }
        return self._shuffled(scores) if self.arm.is_shuffled else scores

    def _scores(self, network: nn.Module) -> dict[str, Tensor]:
        arm = self.arm
        scored = SCORED[arm.granularity]
        return score_layers(
            network, self._layers(), arm.criterion, scored, *self._reference, self._seed
        )

    def _layers(self) -> list[str]:
        """The layers that are scored, in the order of the forward pass."""
        layers = list(self._structure.layers)
        if self.arm.granularity != "unit":
            return [name for name in layers if name in self._whole]
        grouped = {name for group in self._structure.groups for name in group.layers}
        return [name for name in layers if name in grouped]

    def prune(self, network: nn.Module, sparsity: float) -> None:
        """Remove the lowest scores of ``network`` until ``sparsity`` is reached.

        A criterion that takes several rounds scores what the round before has left; what is kept
        falls by the same factor in each.
        """
        rounds = self.arm.criterion.rounds
        if rounds == 1:
            return self.remove(self.scores(network), sparsity)
        network, start = copy.deepcopy(network), 1 - self.sparsity
        for done in range(1, rounds + 1):
            apply_masks(network, self.masks())
            kept = start * ((1 - sparsity) / start) ** (done / rounds)
            self.remove(self.scores(network), 1 - kept)
        return None

    def remove(self, scores: Mapping[str, Tensor], sparsity: float) -> None:
        """Remove the lowest of these scores until ``sparsity`` is reached."""
        self.kept = self._remove(scores, self.kept, sparsity)

    def _shuffled(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The same scores in random order inside each layer, the same order every time."""
        draws = torch_generator("layer-shuffled", self._seed)
        return {name: _permuted(score, draws) for name, score in scores.items()}


def _permuted(score: Tensor, draws: torch.Generator) -> Tensor:
    order = torch.randperm(score.numel(), generator=draws)
    return score.flatten()[order].view(score.shape)
