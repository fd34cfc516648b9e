"""The dense network of a seed, from which all of its pruned ones come."""

from __future__ import annotations

from collections.abc import Generator

from pruning.events import Event
from pruning.experiments.images.dense import DenseNetworks
from pruning.experiments.sweep.networks import DenseNetwork
from pruning.experiments.sweep.setup import Setup
from pruning.tensor_files import read_tensors


def dense_network(
    setup: Setup, dense: DenseNetworks, seed: int
) -> Generator[Event, None, DenseNetwork]:
    """Train it or find it trained, with the weights to rewind to; say how it learned."""
    rewind = setup.config.rewind
    data = setup.splits(seed)
    snapshots = [] if rewind is None else [rewind]
    network, outcome = yield from dense.train(seed, data, snapshots)
    rewound = None
    if rewind is not None:
        path = setup.spec(seed).path(setup.context.data_dir, rewind)
        rewound, _ = read_tensors(path, setup.context.device)
    return DenseNetwork(network, setup.untrained(seed), rewound, outcome, data, seed)
