"""One pruning as a process of its own: what the toy study took 4,800 times.

The stand-in of the benchmark: start an interpreter, import torch, load the network, score its
units, rebuild its layers without the lowest units, one at a time, and evaluate what is left.

    python -m benchmarks.one_process NETWORK DATASET CRITERION SAMPLES SEED
"""

from __future__ import annotations

import json
import sys

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from pruning.data.base import datasets
from pruning.toy.settings import TRAINING_PER_CLASS

REMOVED = 1 / 3


def main() -> None:
    """Prune once and print the accuracies on the training set and on the reference samples."""
    file, dataset, criterion, samples, seed = sys.argv[1:]
    data = datasets[dataset]
    layers = _load(file)
    sets = data.sets(data.noise, training_seed=0)
    train = _tensors(sets.training(TRAINING_PER_CLASS))
    reference = _tensors(sets.reference(int(samples), int(seed)))
    scores = torch.cat(_SCORES[criterion](layers, *reference))
    order = scores.argsort(stable=True)
    for unit in sorted(order[: round(REMOVED * len(scores))].tolist(), reverse=True):
        layers = _without(layers, unit)
    print(json.dumps([_accuracy(layers, *points) for points in (train, reference)]))


def _load(file: str) -> list[nn.Linear]:
    state = load_file(file)
    names = sorted({name.rpartition(".")[0] for name in state if name.startswith("hidden")})
    return [_linear(state[f"{name}.weight"], state[f"{name}.bias"]) for name in [*names, "output"]]


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.weight, layer.bias = nn.Parameter(weight.clone()), nn.Parameter(bias.clone())
    return layer


def _tensors(labelled: tuple[object, object]) -> tuple[Tensor, Tensor]:
    points, classes = labelled
    return torch.as_tensor(points), torch.as_tensor(classes)


def _forward(layers: list[nn.Linear], x: Tensor) -> tuple[list[Tensor], list[Tensor], Tensor]:
    """Each hidden layer's inputs and outputs, and the logits; ReLU after all but the last."""
    inputs, outputs = [], []
    for index, layer in enumerate(layers[:-1]):
        inputs.append(x)
        outputs.append(layer(x))
        x = outputs[-1].relu() if index < len(layers) - 2 else outputs[-1]
    return [*inputs, x], outputs, layers[-1](x)


def _gradients(layers: list[nn.Linear], x: Tensor, y: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    _, outputs, logits = _forward(layers, x)
    loss = cross_entropy(logits, y, reduction="sum")
    return outputs, list(torch.autograd.grad(loss, outputs))


def _weight(layers: list[nn.Linear], *_: Tensor) -> list[Tensor]:
    norms = [layer.weight.detach().abs().sum(1) for layer in layers[:-1]]
    return [norm / norm.sum() for norm in norms]


def _grad(layers: list[nn.Linear], x: Tensor, y: Tensor) -> list[Tensor]:
    scores = [gradient.mean(0).abs() for gradient in _gradients(layers, x, y)[1]]
    return [score / score.norm() for score in scores]


def _taylor(layers: list[nn.Linear], x: Tensor, y: Tensor) -> list[Tensor]:
    pairs = zip(*_gradients(layers, x, y), strict=True)
    scores = [(output * gradient).mean(0).abs().detach() for output, gradient in pairs]
    return [score / score.norm() for score in scores]


@torch.no_grad()
def _lrp(layers: list[nn.Linear], x: Tensor, y: Tensor) -> list[Tensor]:
    inputs, _, logits = _forward(layers, x)
    relevance = logits * nn.functional.one_hot(y, logits.shape[1])
    scores = []
    for layer, values in zip(reversed(layers[1:]), reversed(inputs[1:]), strict=True):
        positive = layer.weight.clamp(min=0)
        relevance = values * (relevance / (values @ positive.T + 1e-9) @ positive)
        scores.insert(0, relevance.sum(0) / relevance.sum())
    return scores


_SCORES = {"weight": _weight, "grad": _grad, "taylor": _taylor, "lrp": _lrp}


def _without(layers: list[nn.Linear], unit: int) -> list[nn.Linear]:
    """The layers without one unit, counted through all hidden layers."""
    layers = list(layers)
    for index, layer in enumerate(layers[:-1]):
        if unit < layer.out_features:
            keep = torch.arange(layer.out_features) != unit
            above = layers[index + 1]
            layers[index] = _linear(layer.weight.detach()[keep], layer.bias.detach()[keep])
            layers[index + 1] = _linear(above.weight.detach()[:, keep], above.bias.detach())
            return layers
        unit -= layer.out_features
    raise IndexError(unit)


@torch.no_grad()
def _accuracy(layers: list[nn.Linear], x: Tensor, y: Tensor) -> float:
    return float((_forward(layers, x)[2].argmax(1) == y).float().mean())


if __name__ == "__main__":
    main()
