"""Every generator of random numbers, from a seed and what it is for.

People give one seed, and one seed serves many purposes: initial weights, the order of the images,
which are held out, scores by chance. Drawn from equal generators these would repeat each other:
scores "by chance" would be the initial weights, sorted. So each purpose has a stream of its own,
derived by numpy's ``SeedSequence``; nothing here makes a generator from a bare seed.

The points of the toy datasets are the exception: they are drawn as their study was published,
from the seed itself (:mod:`pruning.data.toy`).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


def numpy_generator(purpose: str, *seed: int) -> np.random.Generator:
    """A numpy generator for one purpose.

    Parameters
    ----------
    purpose
        In words, such as ``"initial weights"``; no two uses share one.
    seed
        What else tells the stream from others of its purpose, such as a run's seed and an epoch.
    """
    return np.random.default_rng(_sequence(purpose, seed))


def torch_seed(purpose: str, *seed: int) -> int:
    """What seeds a generator of torch for one purpose; see :func:`numpy_generator`."""
    return int(_sequence(purpose, seed).generate_state(1, np.uint64)[0])


def torch_generator(purpose: str, *seed: int, device: str = "cpu") -> torch.Generator:
    """A generator of torch for one purpose; see :func:`numpy_generator`.

    On the CPU, unless a device is named: there the same numbers come whatever the device.
    """
    import torch

    return torch.Generator(device).manual_seed(torch_seed(purpose, *seed))


def _sequence(purpose: str, seed: tuple[int, ...]) -> np.random.SeedSequence:
    words = hashlib.sha256(purpose.encode()).digest()
    # With its length: numpy fills up with zeros, so that (1,) and (1, 0) would be one.
    return np.random.SeedSequence([int.from_bytes(words[:8], "big"), len(seed), *seed])
