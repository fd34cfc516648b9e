"""Small sets of images and small networks, for tests that train."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

from pruning.data.image_base import ImageDataset, Images
from pruning.evaluation.batches import Splits

CLASSES = tuple("0123456789")


@cache
def digits() -> Images:
    """A few of scikit-learn's digits."""
    found = load_digits()
    x = (found.images * 15.9).astype(np.uint8)[:, None]
    y = found.target.astype(np.int64)
    return Images(x[:400], y[:400], x[400:600], y[400:600])


def dataset() -> ImageDataset:
    """What a dataset would say of them."""
    return ImageDataset(
        "few-digits", "Digits", "A few.", (1, 8, 8), CLASSES, (0.3,), (0.37,), "crop", _unused
    )


def _unused(data_dir):
    raise NotImplementedError


def splits(**settings) -> Splits:
    """300 digits to train on, 100 held out, 200 to test."""
    return Splits.of(digits(), dataset(), "cpu", **{"validation": 0.25, **settings})


def network_of(seed: int, dropout: float = 0.0) -> nn.Sequential:
    """A convolution with batch norm and a linear layer, with dropout in between."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(1, 6, 3, padding=1),
            nn.BatchNorm2d(6),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(96, 24),
            nn.ReLU(),
            nn.Linear(24, 10),
        )


def two_convolutions(seed: int) -> nn.Sequential:
    """A network whose second convolution takes several channels: their order in memory matters."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            *(nn.Conv2d(1, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU()),
            *(nn.Conv2d(6, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(72, 10)),
        )


def same(a: nn.Module, b: nn.Module) -> bool:
    """Whether two networks are equal in every bit."""
    mine, other = a.state_dict(), b.state_dict()
    return mine.keys() == other.keys() and all(torch.equal(mine[k], other[k]) for k in mine)
