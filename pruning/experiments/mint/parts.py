"""How a run of MINT is divided among workers."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.experiments.base import Part
from pruning.experiments.mint.config import MintConfig

# Layers are dealt out to so many parts of each seed. How many layers there are only the network
# says, which is not built where parts are listed; up to so many have a part each.
DEALT = 8
# Steps of progress: an epoch of training, the scores of a layer, and measuring a network.
EPOCH, SCORE, MEASURE = 20, 15, 5


def parts(config: MintConfig) -> list[Part]:
    """Each seed's network, its scores, and then what every variant makes of them."""
    return [*_scored(config), *_pruned(config)]


def _scored(config: MintConfig) -> Iterator[Part]:
    for seed in config.seeds:
        network = network_of(seed)
        yield Part(network, max(1, EPOCH * config.epochs))
        for place in range(DEALT):
            yield Part(f"scores/{seed}/{place}", SCORE, (network,))


def _pruned(config: MintConfig) -> Iterator[Part]:
    before = tuple(part.name for part in _scored(config))
    each = len(config.percentages) * (EPOCH * config.retrain_epochs + MEASURE)
    steps = len(config.seeds) * each
    for variant in config.variants:
        yield Part(f"variant/{variant}", steps, before)
    networks = tuple(map(network_of, config.seeds))
    for cell in config.other_groups:
        yield Part(f"groups/{cell.groups}", steps + SCORE, networks)
    for cell in config.other_samples:
        yield Part(f"samples/{cell.samples}", steps + SCORE, networks)


def network_of(seed: int) -> str:
    """The part that trains the network of a seed."""
    return f"network/{seed}"
