"""What criteria compute for image networks, by finite differences and plain loops.

A network is only ever run forward, and moved a little: no autograd, but for the gradients whose
difference gives ``H g``, and nothing of what it checks.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from tests.pruning.small_networks import LAYERS

STEP = 1e-6
# Of GraSP, in its authors' code.
TEMPERATURE = 200


def losses(network: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """Each sample's cross-entropy."""
    with torch.no_grad():
        logits = network(x)
    return logits.logsumexp(1) - logits[range(len(y)), y]


@contextmanager
def changed(module: nn.Module, change: Callable[[Tensor], Tensor]):
    """A module whose output is another one for as long as the context lasts."""
    handle = module.register_forward_hook(lambda _, __, output: change(output))
    yield
    handle.remove()


def output_of(network: nn.Module, name: str, x: Tensor) -> Tensor:
    """A copy of a module's output."""
    kept: list[Tensor] = []

    def keep(output: Tensor) -> Tensor:
        kept.append(output.clone())
        return output

    with changed(network.get_submodule(name), keep), torch.no_grad():
        network(x)
    return kept[0]


def slopes(
    network: nn.Module, layer: str, x: Tensor, y: Tensor, moved: Callable[[Tensor, float], Tensor]
) -> Tensor:
    """How each sample's loss changes as each unit of a layer is moved: shape ``(n, units)``."""
    module = network.get_submodule(layer)
    columns = []
    for unit in range(len(module.weight)):

        def at(step: float, unit: int = unit) -> Tensor:
            def change(output: Tensor) -> Tensor:
                output = output.clone()
                output[:, unit] = moved(output[:, unit], step)
                return output

            with changed(module, change):
                return losses(network, x, y)

        columns.append((at(STEP) - at(-STEP)) / (2 * STEP))
    return torch.stack(columns, dim=1)


def gradients(network: nn.Module, layer: str, x: Tensor, y: Tensor) -> Tensor:
    """dL/da summed over positions: all positions of a unit move alike, behind the norm."""
    return slopes(network, norm_of(network, layer), x, y, lambda values, step: values + step)


def products(network: nn.Module, layer: str, x: Tensor, y: Tensor) -> Tensor:
    """a * dL/da summed over positions: the unit grows by a share, behind the norm."""
    return slopes(network, norm_of(network, layer), x, y, lambda values, step: values * (1 + step))


def norm_of(network: nn.Module, layer: str) -> str:
    """The batch norm behind a layer: where a unit that is removed is zero."""
    return NORMS[type(network).__name__][layer]


def each(network: nn.Module, of: Callable[[str], Tensor | list[float]]) -> dict[str, Tensor]:
    return {name: torch.as_tensor(of(name), dtype=torch.float64) for name in LAYERS}


def rows(network: nn.Module, layer: str) -> list[list[float]]:
    """The weights of each unit."""
    return network.get_submodule(layer).weight.detach().flatten(1).tolist()


def weight(network, x, y, handed_on):
    return each(network, lambda name: [sum(map(abs, row)) for row in rows(network, name)])


def weight_l2(network, x, y, handed_on):
    return each(network, lambda name: [math.hypot(*row) for row in rows(network, name)])


def geometric_median(network, x, y, handed_on):
    def of(name: str) -> list[float]:
        units = rows(network, name)
        return [sum(math.dist(one, other) for other in units) for one in units]

    return each(network, of)


NORMS = {
    "Residual": {"conv1": "norm1", "conv2": "norm2", "conv3": "norm3", "fc": "norm5"},
    "Sequential": {"conv1": "norm1", "conv2": "norm2", "conv3": "norm3", "fc": "norm4"},
}


def bn_scale(network, x, y, handed_on):
    norms = NORMS[type(network).__name__]
    return each(
        network, lambda name: [abs(v) for v in network.get_submodule(norms[name]).weight.tolist()]
    )


def activation_mean(network, x, y, handed_on):
    def of(name: str) -> list[float]:
        values = output_of(network, handed_on[name], x).transpose(0, 1).flatten(1).tolist()
        return [sum(map(abs, unit)) / len(unit) for unit in values]

    return each(network, of)


def apoz(network, x, y, handed_on):
    def of(name: str) -> list[float]:
        values = output_of(network, handed_on[name], x).transpose(0, 1).flatten(1).tolist()
        return [1 - sum(value <= 0 for value in unit) / len(unit) for unit in values]

    return each(network, of)


def grad(network, x, y, handed_on):
    return each(network, lambda name: gradients(network, name, x, y).mean(0).abs())


def taylor(network, x, y, handed_on):
    return each(network, lambda name: products(network, name, x, y).mean(0).abs())


def taylor_abs(network, x, y, handed_on):
    return each(network, lambda name: products(network, name, x, y).abs().mean(0))


def fisher(network, x, y, handed_on):
    return each(network, lambda name: (products(network, name, x, y) ** 2).mean(0) / 2)


def magnitude_weights(network, x, y):
    return each(network, lambda name: network.get_submodule(name).weight.detach().abs())


def lamp_weights(network, x, y):
    def of(name: str) -> Tensor:
        weight = network.get_submodule(name).weight.detach()
        squares = (weight**2).flatten().tolist()
        scores = [s / sum(other for other in squares if other >= s) for s in squares]
        return torch.tensor(scores, dtype=torch.float64).view(weight.shape)

    return each(network, of)


def minibatches(x, y, size):
    return [(x[i : i + size], y[i : i + size]) for i in range(0, len(y), size)]


def mean_square_of_shares(network, x, y, size) -> dict[str, Tensor]:
    """The squared change of each minibatch's loss as a weight grows by a share, their mean."""

    def of(name: str) -> Tensor:
        weight = network.get_submodule(name).weight
        parts = minibatches(x, y, size)
        squares = [
            shares(weight, lambda part=part: losses(network, *part).mean()) ** 2 for part in parts
        ]
        return (sum(squares) / len(squares)).view(weight.shape)

    return each(network, of)


def taylor_weights(network, x, y):
    """By the default all of few samples are one minibatch."""
    return mean_square_of_shares(network, x, y, 32)


def obd_weights(network, x, y):
    return {name: found / 2 for name, found in mean_square_of_shares(network, x, y, 1).items()}


def movement_weights(network, x, y):
    """By the defaults: 100 steps of a rate of 0.01, all of few samples in each."""
    network = copy.deepcopy(network)
    layers = [m for m in network.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    total = {id(layer): torch.zeros_like(layer.weight) for layer in layers}
    for _ in range(100):
        network.zero_grad()
        logits = network(x)
        (logits.logsumexp(1) - logits[range(len(y)), y]).mean().backward()
        with torch.no_grad():
            for layer in layers:
                total[id(layer)] -= layer.weight.grad * layer.weight
                layer.weight -= 0.01 * layer.weight.grad
    return each(network, lambda name: total[id(network.get_submodule(name))])


def wanda_weights(network, x, y):
    """Every input that a weight meets, one by one."""

    def of(name: str) -> Tensor:
        layer = network.get_submodule(name)
        given: list[Tensor] = []
        handle = layer.register_forward_pre_hook(lambda _, args: given.append(args[0].detach()))
        losses(network, x, y)
        handle.remove()
        weight = layer.weight.detach()
        if isinstance(layer, nn.Linear):
            rows, shape = given[0].reshape(-1, weight.shape[1]), weight.shape[1:]
        else:
            mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
            padded = nn.functional.pad(given[0], layer._reversed_padding_repeated_twice, mode)
            patches = nn.functional.unfold(padded, layer.kernel_size, stride=layer.stride)
            rows = patches.transpose(1, 2).reshape(-1, patches.shape[1])
            shape = (layer.in_channels, *layer.kernel_size)
        norms = [math.hypot(*column) for column in rows.T.tolist()]
        sizes = torch.tensor(norms, dtype=torch.float64).view(shape)
        groups = getattr(layer, "groups", 1)
        of_group = sizes.chunk(groups) if groups > 1 else [sizes]
        units = [u.abs() * of_group[i * groups // len(weight)] for i, u in enumerate(weight)]
        return torch.stack(units)

    return each(network, of)


def shares(weight: Tensor, function: Callable[[], Tensor]) -> Tensor:
    """How ``function`` changes as a weight grows by a share; NaN but at some places drawn."""
    weight = weight.data.view(-1)
    found = torch.full_like(weight, torch.nan)
    for place in torch.randperm(len(weight), generator=torch.Generator().manual_seed(0))[:10]:
        value = weight[place].item()
        weight[place] = value * (1 + STEP)
        above = function()
        weight[place] = value * (1 - STEP)
        found[place] = (above - function()) / (2 * STEP)
        weight[place] = value
    return found


def snip_weights(network, x, y):
    """The slope by a share of the weight is g * w."""

    def of(name: str) -> Tensor:
        weight = network.get_submodule(name).weight
        found = shares(weight, lambda: losses(network, x, y).mean())
        return found.abs().view(weight.shape)

    return each(network, of)


def grasp_weights(network, x, y):
    """Hg is how the gradient changes along itself."""
    network = copy.deepcopy(network)
    weights = [m.weight for m in network.modules() if isinstance(m, nn.Linear | nn.Conv2d)]

    def slope() -> list[Tensor]:
        network.zero_grad()
        for row in range(len(x)):
            logits = network(x[row : row + 1])
            logits = logits / TEMPERATURE
            (-logits.log_softmax(1)[0, y[row]] / len(x)).backward()
        return [w.grad.clone() for w in weights]

    along, starts = slope(), [w.detach().clone() for w in weights]

    def moved(step: float) -> list[Tensor]:
        with torch.no_grad():
            for weight, start, direction in zip(weights, starts, along, strict=True):
                weight.copy_(start + step * direction)
        return slope()

    pairs = zip(moved(STEP), moved(-STEP), strict=True)
    change = dict(zip(weights, [(a - b) / (2 * STEP) for a, b in pairs], strict=True))
    start_of = dict(zip(weights, starts, strict=True))
    return each(
        network,
        lambda name: start_of[(w := network.get_submodule(name).weight)] * change[w],
    )


def synflow_weights(network, x, y):
    """R with the weight a little larger and a little smaller, all parameters positive."""
    positive = copy.deepcopy(network)
    for tensor in [*positive.parameters(), *positive.buffers()]:
        tensor.data = tensor.data.abs()
    ones = torch.ones(1, *x.shape[1:], dtype=x.dtype)

    def of(name: str) -> Tensor:
        weight = positive.get_submodule(name).weight
        return shares(weight, lambda: positive(ones).sum()).view(weight.shape)

    with torch.no_grad():
        return each(network, of)
