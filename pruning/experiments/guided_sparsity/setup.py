"""What all networks of a run of guided sparsity share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from torch import nn

from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import Entrant
from pruning.experiments.images.setup import ImageSetup
from pruning.structure.groups import Structure, structure_or_why
from pruning.structure.units import layers_of
from pruning.training.optimisers import Training


@dataclass(frozen=True)
class Setup(ImageSetup):
    """The surroundings of a run."""

    config: GuidedSparsityConfig

    @property
    def structure(self) -> Structure:
        """What can be cut out; no groups of a network from which units cannot be removed."""
        return self._structure[0]

    @property
    def uncut(self) -> str:
        """Why units cannot be cut out; nothing where they can."""
        return self._structure[1]

    @cached_property
    def _structure(self) -> tuple[Structure, str]:
        return structure_or_why(self._network, self.dataset.shape)

    @cached_property
    def _network(self) -> nn.Module:
        return self.untrained(self.config.seeds[0])

    @cached_property
    def units(self) -> dict[str, int]:
        """How many units each layer has."""
        return {name: len(layer.weight) for name, layer in layers_of(self._network).items()}

    def entrant_training(self, entrant: Entrant, seed: int) -> Training:
        """How a network is trained, with its penalties."""
        penalties = tuple(self.config.penalties_of(entrant).items())
        return replace(self.config.training(seed), penalties=penalties)
