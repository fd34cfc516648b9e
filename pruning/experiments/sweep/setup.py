"""What all networks of one sweep share: images, model, structure, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor, nn

from pruning.data.split import stratified
from pruning.evaluation.batches import ImageSet, Splits
from pruning.experiments.images.setup import ImageSetup
from pruning.experiments.sweep.arms import Arm, Pruner, Reference, arms_of
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.removal import (
    ByDensity,
    Kept,
    Ranked,
    Removal,
    ToBudget,
    WithinRuns,
    cost_left,
)
from pruning.masks.schedules import Step, trajectory
from pruning.masks.semi_structured import divides
from pruning.randomness import numpy_generator, torch_seed
from pruning.structure.cost import is_small_step
from pruning.structure.groups import Structure
from pruning.structure.widths import widths_of, with_widths
from pruning.training.gradual import Gradually
from pruning.training.optimisers import GENTLER, Training


@dataclass(frozen=True)
class Setup(ImageSetup):
    """The surroundings of a sweep."""

    config: SweepConfig

    @cached_property
    def asked(self) -> list[Arm]:
        """The curves that were asked for."""
        return arms_of(self.config)

    @cached_property
    def left_out(self) -> dict[Arm, str]:
        """Those whose criteria such a network cannot have, and why.

        Every criterion scores the untrained network once, so that this is known before anything is
        trained.
        """
        if self.has_nothing:
            return {}
        device = self.context.device
        x = torch.zeros(2, *self.dataset.shape, device=device)
        y = torch.tensor([0, 1], device=device)
        found = {}
        for arm in self.asked:
            try:
                self.pruner(arm, (x, y), seed=0).try_out(self.untrained(0))
            except ValueError as error:
                found[arm] = str(error)
        return found

    @cached_property
    def arms(self) -> list[Arm]:
        """The curves that there will be."""
        return [arm for arm in self.asked if arm not in self.left_out]

    def trajectory(self, arm: Arm) -> list[Step]:
        """All prunings of an arm, one after another; while training, where each training ends."""
        config = self.config
        schedule = "one_shot" if self.while_training else config.schedule
        parts = config.run_length if arm.granularity == "semi_structured" else None
        return trajectory(schedule, config.sparsities, config.steps, parts)

    @property
    def at_initialisation(self) -> bool:
        """Whether networks are pruned before they are trained."""
        return self.config.prune_at == "initialisation"

    @property
    def while_training(self) -> bool:
        """Whether networks are pruned while they are trained, each sparsity anew."""
        return self.config.prune_at == "during"

    @property
    def step_by_step(self) -> bool:
        """Whether each sparsity is reached from the one before."""
        return self.config.schedule != "one_shot" and not self.while_training

    @cached_property
    def structure(self) -> Structure:
        """Of the untrained network; that of all others is the same."""
        network, shape = self.untrained(0), self.dataset.shape
        return Structure.of(network, shape, self.config.exclude, units=self.by_units)

    @property
    def has_nothing(self) -> bool:
        """Whether all that could be removed is excluded."""
        return not self.structure.layers or (self.by_units and not self.structure.groups)

    @property
    def by_units(self) -> bool:
        """Whether any arm removes units."""
        return any(arm.granularity == "unit" for arm in self.asked)

    @cached_property
    def is_small(self) -> bool:
        """Whether its steps of training are."""
        network, batch_size = self.structure.network, self.config.batch_size
        return is_small_step(network, self.dataset.shape, batch_size)

    def gradually(self, target: float) -> Gradually:
        """How a network comes to this sparsity while it is trained."""
        config = self.config
        return Gradually(config.schedule, target, end=config.prune_until, every=config.prune_every)

    @property
    def is_iterated(self) -> bool:
        """Whether networks are trained at each step, and pruned again."""
        return self.step_by_step and not self.at_initialisation

    def reinitialised(self, seed: int) -> nn.Module:
        """A network with other initial weights than those of the seed, on the device."""
        dataset, other = self.dataset, torch_seed("random reinitialisation", seed)
        network = self.model.untrained(dataset.shape, len(dataset.classes), other)
        network = with_widths(network, dataset.shape, widths_of(self.structure.network))
        return network.to(self.context.device)

    def retraining(self, seed: int, arm: Arm) -> Training | None:
        """How a pruned network is trained; None where it is not.

        As the dense one, where nothing was trained before or it is pruned meanwhile; where the
        weights were rewound, going on as it did after that epoch, or from the start with other
        initial weights; else more gently, at a constant rate.
        """
        config, training = self.config, self.config.training(seed)
        if self.at_initialisation or self.while_training:
            return training
        if not config.finetune_epochs:
            return None
        rate = config.finetune_learning_rate
        training = replace(training, epochs=config.finetune_epochs)
        if config.rewind is not None:
            last = config.rewind + config.finetune_epochs
            rate = rate or config.learning_rate
            after = 0 if arm.is_reinitialised else config.rewind
            return replace(training, epochs=last, after=after, learning_rate=rate)
        return replace(
            training,
            learning_rate=rate or config.learning_rate / GENTLER,
            learning_rate_schedule="constant",
        )

    def reference(self, data: Splits, seed: int) -> Reference:
        """The training images that criteria look at, every class in proportion."""
        return _drawn(data.train, self.config.reference_samples, seed)

    def pruner(self, arm: Arm, reference: Reference, seed: int) -> Pruner:
        """What prunes one network by one arm."""
        return Pruner(arm, self.structure, reference, seed, self.whole(arm), self.removal(arm))

    def whole(self, arm: Arm) -> Kept:
        """Masks that keep everything of what an arm can remove."""
        if arm.granularity == "unit":
            counts = self.structure.unit_counts
            return {name: torch.ones(units, dtype=torch.bool) for name, units in counts.items()}
        shapes = {name: layer.weight.shape for name, layer in self.structure.layers.items()}
        in_runs = arm.granularity == "semi_structured"
        return {
            name: torch.ones(shape, dtype=torch.bool)
            for name, shape in shapes.items()
            if not in_runs or divides(shape, self.config.run_length)
        }

    def removal(self, arm: Arm) -> Removal:
        """How what an arm scores lowest goes."""
        scope = self.config.scope
        if arm.granularity == "semi_structured":
            return WithinRuns(self.config.run_length)
        if scope == "erk":
            return ByDensity()
        ranked = Ranked(together=scope == "global", spare=arm.granularity == "unit")
        if arm.granularity == "unit" and self.config.budget != "units":
            return ToBudget(ranked, self.cost_left)
        return ranked

    def removal_alone(self, arm: Arm) -> Removal:
        """The same for a layer alone, of which the share is taken that is asked for."""
        if arm.granularity == "semi_structured":
            return self.removal(arm)
        return Ranked(together=False, spare=arm.granularity == "unit")

    @cached_property
    def cost_left(self) -> Callable[[Kept], float]:
        """Of the network that these units leave."""
        config, shape, context = self.config, self.dataset.shape, self.context
        batch = torch.zeros(config.latency_batch, *shape, device=context.device)
        return cost_left(self.structure, shape, config.budget, batch, context.check)


def _drawn(images: ImageSet, count: int, seed: int) -> Reference:
    classes = images.y.cpu().numpy()
    if count >= len(classes):
        return images.batch(slice(None))
    chosen = stratified(classes, count, numpy_generator("reference images", seed))[1]
    return images.batch(torch.from_numpy(chosen).to(images.x.device))


def layer_counts(
    arm: Arm, masks: Mapping[str, Tensor], structure: Structure
) -> Iterator[tuple[str, int, int]]:
    """Name, what is left, and how much there was of each layer, in units or weights."""
    if arm.granularity != "unit":
        for name, mask in masks.items():
            yield name, int(mask.sum()), mask.numel()
        return
    group_of = {layer: group.name for group in structure.groups for layer in group.layers}
    for name in structure.layers:
        if name in group_of:
            mask = masks[group_of[name]]
            yield name, int(mask.sum()), len(mask)
