"""How much a run of guided sparsity has to do; importable without torch."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from pruning.estimates.work import Here, Work
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import Entrant
from pruning.experiments.images.steps import steps_per_epoch
from pruning.experiments.images.work import ImageWork

# How many seconds a network is timed at most (.measuring).
_SECONDS = 2.0
_ROUNDS = 64


def work(config: GuidedSparsityConfig, here: Here) -> Work:
    """Every entrant of every race is trained, looked at again and again, and measured."""
    images = ImageWork.of(config, here)
    race = Work()
    for entrant in config.entrants:
        race += _entrant(config, images, entrant)
    seeds = len(config.seeds)
    total = (images.loading() + race) * seeds + images.loading()
    return replace(total, lanes=seeds)


def _entrant(config: GuidedSparsityConfig, images: ImageWork, entrant: Entrant) -> Work:
    each, network = steps_per_epoch(config) or 1, images.network
    epochs, penalties = ceil(config.total_steps / each), len(config.penalties_of(entrant))
    moments = len(config.moments)
    layers = len(network.layers)
    found = images.steps(config.total_steps)
    found += images.evaluation(images.held_out + images.test) * (epochs + moments)
    found += Work(
        {
            "penalty": config.total_steps * penalties * layers,
            "penalty weight": config.total_steps * penalties * network.parameters,
            "epoch": epochs,
            "moment": moments,
            "layer cut": moments * layers,
            "structure": 1,
            "layer traced": layers,
        }
    )
    if entrant.lasso:
        once = images.evaluation(min(config.latency_batch, images.test)).seconds
        found += Work({"second": min(_SECONDS, _ROUNDS * once)})
    return found
