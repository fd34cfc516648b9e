"""The toy network and its criteria as plain loops, one sample and one unit at a time.

Nothing here is shared with what it checks: no torch, no autograd, no matrices. A layer is a pair
of a weight, ``weight[unit][input]``, and a bias; all but the last hidden layer are rectified.
"""

from __future__ import annotations

from math import dist, exp, hypot

Vector = list[float]
Layer = tuple[list[Vector], Vector]


def linear(layer: Layer, inputs: Vector) -> Vector:
    weight, bias = layer
    return [
        sum(w * value for w, value in zip(row, inputs, strict=True)) + b
        for row, b in zip(weight, bias, strict=True)
    ]


def rectified(layers: list[Layer], index: int) -> bool:
    hidden = len(layers) - 1
    return index < hidden - 1 or hidden == 1


def behind(layers: list[Layer], index: int, activation: Vector) -> Vector:
    """What the next layer gets from hidden layer ``index``."""
    return [max(a, 0.0) for a in activation] if rectified(layers, index) else activation


def forward(layers: list[Layer], point: Vector) -> list[Vector]:
    """Every layer's outputs before ReLU, the logits last."""
    outputs, values = [], point
    for index, layer in enumerate(layers):
        outputs.append(linear(layer, values))
        values = behind(layers, index, outputs[-1]) if index < len(layers) - 1 else []
    return outputs


def cross_entropy_gradient(logits: Vector, label: int) -> Vector:
    largest = max(logits)
    powers = [exp(logit - largest) for logit in logits]
    return [power / sum(powers) - (c == label) for c, power in enumerate(powers)]


def gradients(layers: list[Layer], point: Vector, label: int) -> list[Vector]:
    """dL/da of every hidden layer, by the chain rule."""
    outputs = forward(layers, point)
    upper = cross_entropy_gradient(outputs[-1], label)
    found: list[Vector] = []
    for index in range(len(layers) - 2, -1, -1):
        weight = layers[index + 1][0]
        lower = []
        for unit, activation in enumerate(outputs[index]):
            slope = 0.0 if rectified(layers, index) and activation <= 0 else 1.0
            lower.append(slope * sum(row[unit] * u for row, u in zip(weight, upper, strict=True)))
        found.insert(0, lower)
        upper = lower
    return found


def relevances(layers: list[Layer], point: Vector, label: int) -> list[Vector]:
    """The relevance at every hidden unit by the z+ rule, from the logit of ``label`` alone."""
    outputs = forward(layers, point)
    upper = [logit if c == label else 0.0 for c, logit in enumerate(outputs[-1])]
    found: list[Vector] = []
    for index in range(len(layers) - 2, -1, -1):
        inputs = behind(layers, index, outputs[index])
        lower = [0.0] * len(inputs)
        for row, relevance in zip(layers[index + 1][0], upper, strict=True):
            positive = [max(w, 0.0) for w in row]
            z = sum(w * value for w, value in zip(positive, inputs, strict=True)) + 1e-9
            for unit, value in enumerate(inputs):
                lower[unit] += value * positive[unit] * relevance / z
        found.insert(0, lower)
        upper = lower
    return found


def score_weight(layers: list[Layer], points: list[Vector], labels: list[int]) -> list[Vector]:
    return [[sum(abs(w) for w in row) for row in weight] for weight, _ in layers[:-1]]


def score_grad(layers: list[Layer], points: list[Vector], labels: list[int]) -> list[Vector]:
    return _absolute_mean(
        [gradients(layers, p, label) for p, label in zip(points, labels, strict=True)]
    )


def score_taylor(layers: list[Layer], points: list[Vector], labels: list[int]) -> list[Vector]:
    samples = []
    for point, label in zip(points, labels, strict=True):
        slopes, outputs = gradients(layers, point, label), forward(layers, point)
        pairs = zip(outputs[:-1], slopes, strict=True)
        samples.append([[a * g for a, g in zip(*pair, strict=True)] for pair in pairs])
    return _absolute_mean(samples)


def score_weight_l2(layers: list[Layer], points: list[Vector], labels: list[int]) -> list[Vector]:
    return [[hypot(*row) for row in weight] for weight, _ in layers[:-1]]


def score_geometric_median(
    layers: list[Layer], points: list[Vector], labels: list[int]
) -> list[Vector]:
    return [
        [sum(dist(row, other) for other in weight) for row in weight] for weight, _ in layers[:-1]
    ]


def score_activation_mean(
    layers: list[Layer], points: list[Vector], labels: list[int]
) -> list[Vector]:
    samples = []
    for point in points:
        hidden = forward(layers, point)[:-1]
        samples.append([[abs(a) for a in behind(layers, i, out)] for i, out in enumerate(hidden)])
    return [[total / len(points) for total in layer] for layer in _sums(samples)]


def score_apoz(layers: list[Layer], points: list[Vector], labels: list[int]) -> list[Vector]:
    passed = [[[float(a > 0) for a in out] for out in forward(layers, p)[:-1]] for p in points]
    return [[total / len(points) for total in layer] for layer in _sums(passed)]


def score_fisher(layers: list[Layer], points: list[Vector], labels: list[int]) -> list[Vector]:
    samples = []
    for point, label in zip(points, labels, strict=True):
        slopes, outputs = gradients(layers, point, label), forward(layers, point)
        pairs = zip(outputs[:-1], slopes, strict=True)
        samples.append([[(a * g) ** 2 / 2 for a, g in zip(*pair, strict=True)] for pair in pairs])
    return [[total / len(points) for total in layer] for layer in _sums(samples)]


def score_lrp(layers: list[Layer], points: list[Vector], labels: list[int]) -> list[Vector]:
    pairs = zip(points, labels, strict=True)
    return _sums([relevances(layers, point, label) for point, label in pairs])


def _absolute_mean(samples: list[list[Vector]]) -> list[Vector]:
    return [[abs(total / len(samples)) for total in layer] for layer in _sums(samples)]


def _sums(samples: list[list[Vector]]) -> list[Vector]:
    """Over samples, of each unit of each layer."""
    by_layer = zip(*samples, strict=True)
    return [[sum(unit) for unit in zip(*layer, strict=True)] for layer in by_layer]
