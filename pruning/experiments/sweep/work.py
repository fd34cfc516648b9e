"""How much a sweep has to do; importable without torch."""

from __future__ import annotations

from pruning.criteria.base import criteria
from pruning.estimates.work import Here, Work
from pruning.experiments.images.work import ImageWork
from pruning.experiments.sweep.config import (
    REINITIALISED,
    SweepConfig,
    split_control,
)
from pruning.experiments.sweep.granularities import Granularity
from pruning.masks.schedules import trajectory

# What measuring takes of a whole run at most, or so many seconds where that is more
# (pruning.experiments.sweep.measuring_time).
LEAST, SHARE = 5.0, 0.25
# How often a network and the dense one go through when a speed-up is measured.
_ROUNDS = 32


def work(config: SweepConfig, here: Here) -> Work:
    """Training, pruning, training again, measuring, and what is made for download."""
    images = ImageWork.of(config, here)
    snapshots = () if config.rewind is None else (config.rewind,)
    seeds = len(config.seeds)
    total = images.loading() + Work({"structure": 1, "layer traced": len(images.network.layers)})
    for seed in config.seeds:
        total += images.dense(seed, snapshots)
    for arm in config.arms:
        total += _arm(config, images, arm) * seeds
    if config.sensitivity:
        total += _sensitivity(config, images)
    return total + _measuring(config, images, total) + _files(config, images)


def _arm(config: SweepConfig, images: ImageWork, arm: tuple[str, Granularity]) -> Work:
    """One curve of one seed."""
    (name, control), granularity = split_control(arm[0]), arm[1]
    during = config.prune_at == "during"
    schedule = "one_shot" if during else config.schedule
    parts = config.run_length if granularity == "semi_structured" else None
    steps = trajectory(schedule, config.sparsities, config.steps, parts)
    reported = [step for step in steps if step.reported]
    is_iterated = config.schedule != "one_shot" and config.prune_at == "trained"
    rounds = criteria[name].rounds
    scored = len(steps) if config.schedule != "one_shot" or rounds > 1 else 1
    if during:
        epochs = config.epochs * images.trained / config.batch_size
        scored = round(len(steps) * epochs * config.prune_until / config.prune_every)
    found = images.scoring(config.reference_samples) * (scored * rounds)
    found += (images.evaluation() + _handled(images)) * len(reported)
    epochs = config.finetune_epochs if config.prune_at == "trained" else config.epochs
    if epochs:
        only_reported = not is_iterated or control == REINITIALISED
        trained = reported if only_reported else steps
        found += (images.training(epochs) + images.evaluation()) * len(trained)
    return found


def _handled(images: ImageWork) -> Work:
    """A network made smaller, held against its masked self, and told of."""
    network = images.network
    return Work({"network": 1, "layer cut": len(network.layers), "weight cut": network.parameters})


def _sensitivity(config: SweepConfig, images: ImageWork) -> Work:
    """Every layer alone."""
    arms = sum(not split_control(name)[1] for name, _ in config.arms)
    each = images.scoring(config.reference_samples)
    cells = len(images.network.layers) * len(config.sparsities)
    return (each + (images.evaluation() + _handled(images)) * cells) * arms


def _measuring(config: SweepConfig, images: ImageWork, rest: Work) -> Work:
    """Speed-ups: as long as they need, as far as there is time for them."""
    networks = sum(sparsity > 0 for sparsity in config.sparsities)
    networks *= len(config.arms) * len(config.seeds)
    once = images.evaluation(min(config.latency_batch, images.test)).seconds
    needed = networks * 2 * _ROUNDS * once
    return Work({"second": min(needed, max(LEAST, SHARE * rest.seconds))})


def _files(config: SweepConfig, images: ImageWork) -> Work:
    """What is given away of each arm of the first seed."""
    arms, layers = len(config.arms), len(images.network.layers)
    exported = [each for each in ("onnx", "torch_export") if each in config.take_away]
    made = {f"{each} file": arms for each in exported}
    return Work({**made, "layer exported": arms * len(exported) * layers})
