"""What the penalties of guided sparsity add to a step of the network that they were made for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import torch

from benchmarks.mnist import network_of, training_alone
from benchmarks.report import Line, middle, show, spread
from pruning.context import Context
from pruning.evaluation.batches import ImageSet
from pruning.training.loop import Objective, Training, train

MODEL, BATCH, STEPS, ROUNDS = "lenet-gss", 100, 12, 5
MOST_PERCENT = 10
WAYS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "group lasso": (("group_lasso", 0.001),),
    "group lasso + variance": (("group_lasso", 0.001), ("group_variance", 0.01)),
    "group lasso, proximal, + variance": (
        ("group_lasso_proximal", 0.001),
        ("group_variance", 0.01),
    ),
}


def main() -> None:
    """Measure steps with and without penalties by turns, in one process."""
    images = _images()
    times: dict[str, list[float]] = {name: [] for name in ("", *WAYS)}
    for _ in range(ROUNDS + 1):
        for name in times:
            times[name].append(_seconds(images, WAYS.get(name, ())))
    bare = times.pop("")[1:]
    lines = [
        Line(
            f"a step without penalties {spread([1000 * t for t in bare])}",
            1000 * middle(bare),
            "ms",
        )
    ]
    for name, found in times.items():
        # The first round warms up.
        added = [100 * (own / alone - 1) for own, alone in zip(found[1:], bare, strict=True)]
        lines.append(Line(f"{name} adds {spread(added)}", middle(added), "%", at_most=MOST_PERCENT))
    show(
        f"Penalties in a step of {MODEL}, {BATCH} images: the middle of {ROUNDS}, by turns "
        "(lowest to highest)",
        lines,
    )


def _images() -> ImageSet:
    drawn = torch.Generator().manual_seed(0)
    x = torch.randint(256, (STEPS * BATCH, 1, 28, 28), generator=drawn, dtype=torch.uint8)
    y = torch.randint(10, (len(x),), generator=drawn)
    return ImageSet(x, y, (0.1307,), (0.3081,))


def _seconds(images: ImageSet, penalties: tuple[tuple[str, float], ...]) -> float:
    """Of one step."""
    training = Training(epochs=1, batch_size=BATCH, learning_rate=1e-4, penalties=penalties)
    objective = Objective(network_of(MODEL), training)
    data = training_alone(images)
    start = time.perf_counter()
    for _ in train(objective, data, Context(Path())):
        pass
    return (time.perf_counter() - start) / STEPS
