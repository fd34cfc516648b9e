"""MNIST for benchmarks, and the plain loop that trains on it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from torch import nn

from pruning.evaluation.batches import ImageSet, Splits
from pruning.models.base import models
from pruning.vision import torchvision

PLAIN_LOOP = Path(__file__).with_name("plain_loop.py")
SHARED = Path(__file__).parents[2] / "shared" / "data"
COUNT = 60_000


@contextmanager
def mnist() -> Iterator[tuple[Path, str]]:
    """A folder in which torchvision finds MNIST, and whether it is the real one."""
    if (SHARED / "MNIST" / "raw" / "train-images-idx3-ubyte").exists():
        yield SHARED, "MNIST"
        return
    with tempfile.TemporaryDirectory() as folder:
        for part, count in (("train", COUNT), ("t10k", 10_000)):
            _write_idx(Path(folder) / "MNIST" / "raw", part, count)
        yield Path(folder), "noise of MNIST's size"


def _write_idx(folder: Path, part: str, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    arrays = {
        "images-idx3": rng.integers(0, 256, (count, 28, 28), np.uint8),
        "labels-idx1": rng.integers(0, 10, count, np.uint8),
    }
    for name, array in arrays.items():
        sizes = np.array(array.shape, ">i4").tobytes()
        header = bytes([0, 0, 8, array.ndim]) + sizes
        (folder / f"{part}-{name}-ubyte").write_bytes(header + array.tobytes())


def images_in(folder: Path, *, train: bool, count: int) -> ImageSet:
    found = torchvision.datasets.MNIST(str(folder), train=train)
    return ImageSet(found.data[:count, None], found.targets[:count], (0.1307,), (0.3081,))


def training_alone(images: ImageSet) -> Splits:
    """All to train on; as a plain loop evaluates nothing, one image is left to test, the fewest."""
    return Splits(images, first(images, 0), first(images, 1))


def first(images: ImageSet, count: int) -> ImageSet:
    return ImageSet(images.x[:count], images.y[:count], images.mean, images.sd)


def network_of(name: str) -> nn.Module:
    return models[name].untrained((1, 28, 28), 10, 0)


def plain_rate(folder: Path, model: str, what: str = "bare") -> float:
    """Images a second of the plain loop, whose threads wait as torch's do by default."""
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    environment["PYTHONPATH"] = str(PLAIN_LOOP.parents[1])
    command = [sys.executable, str(PLAIN_LOOP), str(folder), model, what]
    return float(subprocess.check_output(command, env=environment, text=True))
