"""Training against a plain loop, and many masks of one network against one evaluation each."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.arithmetic import matmul_rate, multiply_adds
from benchmarks.report import Line, middle, show
from pruning.context import Context
from pruning.evaluation.accuracy import Outcome
from pruning.evaluation.batches import ImageSet, Splits
from pruning.evaluation.many_masks import evaluate_masked, evaluate_slimmed
from pruning.masks.applying import ParameterMasks, masked
from pruning.models.base import models
from pruning.structure.groups import Structure
from pruning.training.loop import Objective, Training, train
from pruning.vision import torchvision

PLAIN_LOOP = Path(__file__).with_name("plain_loop.py")
SHARED = Path(__file__).parents[2] / "shared" / "data"
FASTER_TRAINING, FASTER_MASKS = 5, 3
ROUNDS = 3
MASKS = 24
SGD = Training(epochs=1, batch_size=128, learning_rate=0.05, optimizer="sgd", keep="last")
CONTEXT = Context(Path())


def main() -> None:
    """Measure all of it in one run, each pair by turns."""
    with _mnist() as (folder, what):
        _training(folder, what)
        for name, count in (("mlp-wide", 10_000), ("lenet5", 2_000)):
            _masks(name, _images(folder, train=False, count=count), what)


@contextmanager
def _mnist() -> Iterator[tuple[Path, str]]:
    """A folder in which torchvision finds MNIST, and whether it is the real one."""
    if (SHARED / "MNIST" / "raw" / "train-images-idx3-ubyte").exists():
        yield SHARED, "MNIST"
        return
    with tempfile.TemporaryDirectory() as folder:
        for part, count in (("train", 60_000), ("t10k", 10_000)):
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


def _images(folder: Path, *, train: bool, count: int) -> ImageSet:
    found = torchvision.datasets.MNIST(str(folder), train=train)
    return ImageSet(found.data[:count, None], found.targets[:count], (0.1307,), (0.3081,))


def _training(folder: Path, what: str) -> None:
    images = _images(folder, train=True, count=60_000)
    # Neither side evaluates: one image is the least that there has to be.
    one = ImageSet(images.x[:1], images.y[:1], images.mean, images.sd)
    data = Splits(images, ImageSet(one.x[:0], one.y[:0], one.mean, one.sd), one)
    plain, ours, rates = [], [], [matmul_rate()]
    for _ in range(ROUNDS):
        plain.append(_plain(folder))
        ours.append(len(images) / _seconds(lambda: _epoch(_network("mlp-mint"), data)))
        rates.append(matmul_rate())
    first = Splits(_first(images, SGD.batch_size), data.validation, one)
    needed = multiply_adds(lambda: _epoch(_network("mlp-mint"), first)) / SGD.batch_size
    ratios = [mine / other for mine, other in zip(ours, plain, strict=True)]
    reached = [
        rate * needed / middle(around) for rate, around in zip(ours, pairwise(rates), strict=True)
    ]
    show(
        f"Training mlp-mint on {what}, batches of {SGD.batch_size}, SGD: the middle of "
        f"{ROUNDS} epochs each, by turns (lowest to highest)",
        [
            Line(f"DataLoader(num_workers=2) and ToTensor {_spread(plain)}", middle(plain), "/s"),
            Line(f"pruning.training.loop {_spread(ours)}", middle(ours), "/s"),
            Line(f"faster {_spread(ratios)}", middle(ratios), "×", at_least=FASTER_TRAINING),
            Line("share of the machine's rate of matrix products", 100 * middle(reached), "%"),
        ],
    )


def _first(images: ImageSet, count: int) -> ImageSet:
    return ImageSet(images.x[:count], images.y[:count], images.mean, images.sd)


def _network(name: str) -> nn.Module:
    return models[name].untrained((1, 28, 28), 10, 0)


def _plain(folder: Path) -> float:
    """Images a second of the plain loop, whose threads wait as torch's do by default."""
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    environment["PYTHONPATH"] = str(PLAIN_LOOP.parents[1])
    command = [sys.executable, str(PLAIN_LOOP), str(folder)]
    return float(subprocess.check_output(command, env=environment, text=True))


def _epoch(network: nn.Module, data: Splits) -> None:
    for _ in train(Objective(network, SGD), data, CONTEXT):
        pass


def _masks(name: str, images: ImageSet, what: str) -> None:
    network = _network(name).eval()
    structure = Structure.of(network, images.shape, ["output"])
    nested = [_lowest(structure, index / MASKS) for index in range(MASKS)]
    each = MASKS // len(structure.groups)
    single = [
        {group.name: _lowest(structure, (index + 1) / (each + 1))[group.name]}
        for group in structure.groups
        for index in range(each)
    ]
    weights = [
        {layer: _lowest_weights(network, layer, (index + 1) / (each + 1))}
        for layer in structure.weights
        for index in range(each)
    ]

    def slimmed(units: Sequence[dict[str, Tensor]]) -> list[Outcome]:
        return list(evaluate_slimmed(network, structure, units, images, CONTEXT))

    def separate(masks: Sequence[ParameterMasks]) -> list[Outcome]:
        return [_plain_outcome(masked(network, mask), images) for mask in masks]

    lines = []
    for words, units in (("nested masks of units", nested), ("of one group's units", single)):
        masks = [structure.parameter_masks(unit) for unit in units]
        ratios = _ratios(lambda m=masks: separate(m), lambda u=units: slimmed(u))
        lines.append(
            Line(
                f"{len(units)} {words} {_spread(ratios)}",
                middle(ratios),
                "×",
                at_least=FASTER_MASKS,
            )
        )
    ratios = _ratios(
        lambda: separate(weights), lambda: list(evaluate_masked(network, weights, images, CONTEXT))
    )
    lines.append(
        Line(f"{len(weights)} of one layer's weights {_spread(ratios)}", middle(ratios), "×")
    )
    show(
        f"Masks of {name} on {len(images):,} images of {what}: how much faster than one "
        f"evaluation each, the middle of {ROUNDS} (lowest to highest)",
        lines,
    )


def _lowest(structure: Structure, share: float) -> dict[str, Tensor]:
    """Nested masks that remove the units with the lowest norms."""
    masks = {}
    for group in structure.groups:
        norms = structure.layers[group.name].weight.detach().flatten(1).norm(dim=1)
        masks[group.name] = norms.argsort().argsort() >= int(share * group.units)
    return masks


def _lowest_weights(network: nn.Module, name: str, share: float) -> Tensor:
    size = network.get_parameter(name).detach().abs()
    return size > size.flatten().kthvalue(max(int(share * size.numel()), 1)).values


def _plain_outcome(network: nn.Module, images: ImageSet) -> Outcome:
    with torch.inference_mode():
        logits = [
            network(images.batch(slice(start, start + 1000))[0])
            for start in range(0, len(images), 1000)
        ]
        return Outcome.of(torch.cat(logits), images.y)


def _ratios(slow: Callable[[], list[Outcome]], fast: Callable[[], list[Outcome]]) -> list[float]:
    """How many times faster, a few times; both must have found the same."""
    for one, other in zip(slow(), fast(), strict=True):
        assert abs(one.loss - other.loss) < 1e-4
        assert abs(one.accuracy - other.accuracy) < 1e-3
    return [_seconds(slow) / _seconds(fast) for _ in range(ROUNDS)]


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _spread(values: Sequence[float]) -> str:
    return f"({min(values):,.3g} to {max(values):,.3g})"
