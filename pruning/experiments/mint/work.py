"""How much a run of MINT has to do; importable without torch."""

from __future__ import annotations

from dataclasses import replace

from pruning.data.image_base import image_datasets
from pruning.estimates.work import Here, Work
from pruning.experiments.images.work import ImageWork
from pruning.experiments.mint.config import Cell, MintConfig
from pruning.experiments.mint.parts import DEALT

# How many seconds a network is timed at most (.measuring).
_SECONDS = 2.0
_ROUNDS = 64


def work(config: MintConfig, here: Here) -> Work:
    """Networks are trained, their layers scored, and blocks removed by every variant."""
    images, seeds = ImageWork.of(config, here), len(config.seeds)
    layers = len(images.network.layers)
    total = Work({} if here.compiled else {"compilation": 1})
    for seed in config.seeds:
        total += images.dense(seed)
    ways = 1 + config.second_draw + config.permuted + ("mint_as_published" in config.variants)
    total += _scores(config, images, config.main) * (ways * seeds)
    pruned = (images.training(config.retrain_epochs) if config.retrain_epochs else Work()) + _cut(
        config, images
    )
    studies = len(config.variants)
    for cell in (*config.other_groups, *config.other_samples):
        total += _scores(config, images, cell) * seeds
        studies += 1
    total += pruned * (studies * seeds * len(config.percentages))
    parts = seeds * (1 + min(DEALT, layers)) + studies
    traced = Work({"structure": 1, "layer traced": layers}) * studies
    total += traced + images.loading() * parts
    return replace(total, lanes=max(seeds, studies))


def _scores(config: MintConfig, images: ImageWork, cell: Cell) -> Work:
    """All blocks of all layers in one way: a tree over the samples for each."""
    samples = cell.samples * len(image_datasets[config.dataset].classes)
    rows = 2 * samples / 3
    trees = 0.0
    for layer in images.network.layers:
        counts = config.counts(layer.name, cell.groups)
        trees += min(counts.children, layer.units) * counts.parents
    units = sum(layer.units for layer in images.network.layers)
    return images.evaluation(samples) + Work(
        {
            "tree pair": trees * rows**2,
            "distance": 2 * units * rows**2,
            "block": trees,
            "scored layer": len(images.network.layers),
        }
    )


def _cut(config: MintConfig, images: ImageWork) -> Work:
    """One pruned network: blocks taken, twice evaluated, stored, and timed."""
    network = images.network
    once = images.evaluation(min(config.latency_batch, images.test)).seconds
    return images.evaluation() * 2 + Work(
        {
            "network": 1,
            "layer cut": len(network.layers),
            "weight cut": network.parameters,
            "weight stored": network.parameters,
            "second": min(_SECONDS, _ROUNDS * once),
        }
    )
