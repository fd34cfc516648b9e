"""What all parts of one run of MINT share: images, networks, layers, and what is kept of scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import torch

from pruning.context import CannotRunError
from pruning.evaluation.batches import ImageSet, Splits
from pruning.experiments.images.setup import ImageSetup
from pruning.experiments.mint.config import MintConfig
from pruning.experiments.mint.layers import Layers, Pair
from pruning.information.groups import equal_runs
from pruning.models.base import no_such_layer
from pruning.randomness import numpy_generator
from pruning.structure.groups import Structure, structure_or_why
from pruning.structure.units import layers_of
from pruning.training.optimisers import Training


@dataclass(frozen=True)
class Groups:
    """The units of a pair, in groups."""

    children: list[slice]
    parents: list[slice]
    notes: list[str]


@dataclass(frozen=True)
class Setup(ImageSetup):
    """The surroundings of a run."""

    config: MintConfig

    @cached_property
    def pairs(self) -> list[Pair]:
        """All that are scored.

        Raises
        ------
        CannotRunError
            If a setting names a layer that is not among them.
        """
        found = Layers(self.untrained(self.config.seeds[0])).pairs
        known = [pair.layer for pair in found]
        for field, names in self.config.named_layers.items():
            if wrong := [name for name in names if name not in known]:
                setting = MintConfig.model_fields[field].title
                told = no_such_layer(self.model.title, wrong[0], known)
                raise CannotRunError(f"{setting}: {told}")
        return found

    @property
    def pruned(self) -> list[Pair]:
        """Those that blocks may go of."""
        chosen = self.config.prune_layers
        return [pair for pair in self.pairs if not chosen or pair.layer in chosen]

    @property
    def compared(self) -> list[str]:
        """The layers whose weights shares are shares of."""
        return self.config.compared_layers or [pair.layer for pair in self.pruned]

    def groups(self, pair: Pair, groups: int) -> Groups:
        """The groups of a pair where layers have so many."""
        counts = self.config.counts(pair.layer, groups)
        children, own = equal_runs(pair.layer, pair.children, counts.children)
        parents, read = equal_runs(f"What {pair.layer} reads", pair.parents, counts.parents)
        return Groups(children, parents, [*own, *read])

    def samples(self, data: Splits, per_class: int, seed: int, draw: int) -> ImageSet:
        """Training images, so many of each class where there are, in the order of a draw."""
        images, classes = data.train, data.train.y.cpu().numpy()
        generator = numpy_generator("samples whose information is estimated", seed, draw)
        chosen = [
            generator.permutation((classes == each).nonzero()[0])[:per_class]
            for each in range(len(self.dataset.classes))
        ]
        places = torch.cat([torch.from_numpy(each) for each in chosen]).to(images.x.device)
        return replace(images, x=images.x[places], y=images.y[places])

    @cached_property
    def structure(self) -> Structure:
        """What can be cut out; no groups of a network from which units cannot be removed."""
        return self._structure[0]

    @property
    def uncut(self) -> str:
        """Why units cannot be cut out; nothing where they can."""
        return self._structure[1]

    @cached_property
    def _structure(self) -> tuple[Structure, str]:
        return structure_or_why(self.untrained(self.config.seeds[0]), self.dataset.shape)

    @cached_property
    def weight_counts(self) -> dict[str, int]:
        """How many weights each layer has."""
        layers = layers_of(self.untrained(self.config.seeds[0]))
        return {name: layer.weight.numel() for name, layer in layers.items()}

    def retraining(self, seed: int) -> Training:
        """How a pruned network is trained again."""
        config = self.config
        rate = config.retrain_learning_rate or config.learning_rate
        return replace(config.training(seed), epochs=config.retrain_epochs, learning_rate=rate)
