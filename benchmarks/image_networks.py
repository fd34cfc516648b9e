"""Training against a plain loop, and many masks of one network against one evaluation each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.mnist import COUNT, images_in, mnist, network_of, plain_rate, training_alone
from benchmarks.report import Line, middle, show, spread
from pruning.context import Context
from pruning.evaluation.accuracy import Outcome
from pruning.evaluation.batches import ImageSet, Splits
from pruning.evaluation.many_masks import evaluate_masked, evaluate_slimmed
from pruning.masks.applying import ParameterMasks, masked
from pruning.structure.groups import Structure
from pruning.training.loop import Objective, Training, train

FASTER_MASKS = 3
# The least share of the rate of the matrix products of training alone, in per cent.
OF_PRODUCTS = 75
ROUNDS = 3
MASKS = 24
SGD = Training(epochs=1, batch_size=128, learning_rate=0.05, optimizer="sgd", keep="last")
CONTEXT = Context(Path())


def main() -> None:
    """Measure all of it in one run, each pair by turns."""
    with mnist() as (folder, what):
        _training(folder, what)
        for name, count in (("mlp-wide", 10_000), ("lenet5", 2_000)):
            _masks(name, images_in(folder, train=False, count=count), what)


def _training(folder: Path, what: str) -> None:
    images = images_in(folder, train=True, count=COUNT)
    data = training_alone(images)
    plain, ours, products = [], [], []
    for _ in range(ROUNDS):
        plain.append(plain_rate(folder, "mlp-mint"))
        ours.append(len(images) / _seconds(lambda: _epoch(network_of("mlp-mint"), data)))
        products.append(len(images) / _seconds(lambda: _products(len(images))))
    ratios = [mine / other for mine, other in zip(ours, plain, strict=True)]
    reached = [100 * mine / alone for mine, alone in zip(ours, products, strict=True)]
    show(
        f"Training mlp-mint on {what}, batches of {SGD.batch_size}, SGD: the middle of "
        f"{ROUNDS} epochs each, by turns (lowest to highest)",
        [
            Line(f"DataLoader(num_workers=2) and ToTensor {spread(plain)}", middle(plain), "/s"),
            Line(f"pruning.training.loop {spread(ours)}", middle(ours), "/s"),
            Line(f"faster {spread(ratios)}", middle(ratios), "×"),
            Line(f"the same matrix products alone {spread(products)}", middle(products), "/s"),
            Line(f"share of that {spread(reached)}", middle(reached), "%", at_least=OF_PRODUCTS),
        ],
    )


def _products(images: int) -> None:
    """The matrix products of an epoch: forward, of the weights' gradients, and of the inputs'."""
    layers = [layer for layer in network_of("mlp-mint") if isinstance(layer, nn.Linear)]
    size = SGD.batch_size
    inputs = [torch.randn(size, layer.in_features) for layer in layers]
    outputs = [torch.randn(size, layer.out_features) for layer in layers]
    with torch.inference_mode():
        for _ in range(images // size):
            for place, (x, y, layer) in enumerate(zip(inputs, outputs, layers, strict=True)):
                torch.mm(x, layer.weight.T)
                torch.mm(y.T, x)
                if place:
                    torch.mm(y, layer.weight)


def _epoch(network: nn.Module, data: Splits) -> None:
    for _ in train(Objective(network, SGD), data, CONTEXT):
        pass


def _masks(name: str, images: ImageSet, what: str) -> None:
    network = network_of(name).eval()
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
                f"{len(units)} {words} {spread(ratios)}",
                middle(ratios),
                "×",
                at_least=FASTER_MASKS,
            )
        )
    ratios = _ratios(
        lambda: separate(weights), lambda: list(evaluate_masked(network, weights, images, CONTEXT))
    )
    lines.append(
        Line(f"{len(weights)} of one layer's weights {spread(ratios)}", middle(ratios), "×")
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
