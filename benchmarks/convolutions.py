"""Training of convolutional networks, in both precisions: against a plain loop, and as it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import torch
from torch import nn

from benchmarks.mnist import COUNT, images_in, mnist, network_of, plain_rate, training_alone
from benchmarks.report import Line, middle, show, spread
from pruning.context import Context
from pruning.evaluation.batches import ImageSet, Splits
from pruning.inputs.granularity import MaskShape
from pruning.inputs.heads import make_head
from pruning.inputs.masks import AnyMask
from pruning.inputs.objective import InputSelection
from pruning.inputs.selection import Selection
from pruning.inputs.settings import SelectionSettings
from pruning.models.base import models
from pruning.structure.layout import USUAL
from pruning.training import loop
from pruning.training.loop import Objective, Training, train
from pruning.training.optimisers import Precision
from pruning.training.precision import IMITATED, multiplies_bfloat16

MakeObjective = Callable[[Training], Objective]

MODEL = "lenet5"
# Times as many images a second as the plain loop.
FASTER: Mapping[Precision, float] = {"float32": 2.2, "bfloat16": 3.0}
MASKED = "a plain loop behind a static mask"
ROUNDS = 3
SGD = Training(epochs=1, batch_size=128, learning_rate=0.05, optimizer="sgd", keep="last")
MNIST, PIXELS = (1, 28, 28), MaskShape(1, 28, 28)
CIFAR, PART = (3, 32, 32), 10 * SGD.batch_size
CONTEXT = Context(Path())


@dataclass(frozen=True)
class Way:
    """One way of training.

    Attributes
    ----------
    objective
        What trains, anew each time.
    as_it_was
        With convolutions laid out as usual.
    at_least
        So many times as fast as the plain loop that does the same; None where nothing is promised.
    bare, at_most
        By how many per cent its epoch may be longer than that of which other way.
    """

    objective: MakeObjective
    precision: Precision = "float32"
    as_it_was: bool = False
    at_least: float | None = None
    bare: str = ""
    at_most: float | None = None

    def rate(self, data: Splits) -> float:
        """Images a second of one epoch."""
        objective = self.objective(replace(SGD, precision=self.precision))
        usual = patch.object(loop, "layout_for", lambda *_: USUAL)
        start = time.perf_counter()
        with usual if self.as_it_was else nullcontext():
            for _ in train(objective, data, CONTEXT):
                pass
        return len(data.train) / (time.perf_counter() - start)


def main() -> None:
    """Measure all of it in one run, by turns."""
    precisions = [name for name in FASTER if name == "float32" or multiplies_bfloat16("cpu")]
    if len(precisions) < len(FASTER):
        print(f"{IMITATED}\nIt is left out here.")
    with mnist() as (folder, what):
        images = images_in(folder, train=True, count=COUNT)
        _show(
            f"An epoch of {MODEL} on {what}, against a plain loop: DataLoader(num_workers=2) and "
            "ToTensor",
            {
                "a plain loop": lambda: plain_rate(folder, MODEL),
                MASKED: lambda: plain_rate(folder, MODEL, "masked"),
            },
            {
                "as it was, channels first": Way(_lenet, as_it_was=True),
                **{f"{name}, {p}": way for p in precisions for name, way in _masks(p).items()},
            },
            training_alone(images),
        )
    data = training_alone(_noise(CIFAR, PART))
    as_it_was = Way(_resnet, as_it_was=True)
    _show(
        f"{PART:,} images of CIFAR-10's shape through resnet-20",
        {"channels first": lambda: as_it_was.rate(data)},
        {precision: Way(_resnet, precision) for precision in precisions},
        data,
    )


def _masks(precision: Precision) -> dict[str, Way]:
    """Without a mask, and behind two kinds."""
    bare = f"bare, {precision}"
    return {
        "bare": Way(_lenet, precision),
        "static mask": Way(_static, precision, at_least=FASTER[precision], bare=bare, at_most=15),
        "dynamic mask, linear head": Way(_dynamic, precision, bare=bare, at_most=30),
    }


def _lenet(training: Training) -> Objective:
    return Objective(network_of(MODEL), training)


def _static(training: Training) -> Objective:
    return _masked(training, None)


def _dynamic(training: Training) -> Objective:
    return _masked(training, make_head("linear", MNIST, PIXELS))


def _masked(training: Training, head: nn.Module | None) -> Objective:
    selection = Selection(AnyMask(PIXELS, MNIST, 0, head=head))
    return InputSelection(network_of(MODEL), selection, training, SelectionSettings())


def _resnet(training: Training) -> Objective:
    return Objective(models["resnet-20"].untrained(CIFAR, 10, 0), training)


def _show(
    title: str,
    slow: Mapping[str, Callable[[], float]],
    ways: Mapping[str, Way],
    data: Splits,
) -> None:
    """Print how many times faster each way is, in images a second, and what a mask costs."""
    rates: dict[str, list[float]] = {name: [] for name in (*slow, *ways)}
    for _ in range(ROUNDS):
        for name, measure in slow.items():
            rates[name].append(measure())
        for name, way in ways.items():
            rates[name].append(way.rate(data))
    lines = [Line(f"{name} {spread(rates[name])}", middle(rates[name]), "/s") for name in slow]
    for name, way in ways.items():
        lines.append(Line(f"{name} {spread(rates[name])}", middle(rates[name]), "/s"))
        for other in slow:
            times = _ratios(rates[name], rates[other])
            # A plain loop that does the same is what is promised against.
            promised = way.at_least if other == MASKED else None
            told = f"  faster than {other} {spread(times)}"
            lines.append(Line(told, middle(times), "×", at_least=promised))
        if way.bare:
            longer = [100 * (ratio - 1) for ratio in _ratios(rates[way.bare], rates[name])]
            what = f"  longer than bare {spread(longer)}"
            lines.append(Line(what, middle(longer), "%", at_most=way.at_most))
    show(
        f"{title}; batches of {SGD.batch_size}: the middle of {ROUNDS}, by turns (lowest to "
        "highest)",
        lines,
    )


def _ratios(rates: list[float], others: list[float]) -> list[float]:
    return [rate / other for rate, other in zip(rates, others, strict=True)]


def _noise(shape: tuple[int, int, int], count: int) -> ImageSet:
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (count, *shape), dtype=torch.uint8, generator=generator)
    y = torch.randint(0, 10, (count,), generator=generator)
    return ImageSet(x, y, (0.5,) * shape[0], (0.25,) * shape[0])
