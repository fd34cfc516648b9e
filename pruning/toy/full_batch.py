"""Training the toy network on all points at once, as it was published, in minutes.

Three things make a step several times as fast as autograd makes it from the network as it stands.
The last hidden layer has no ReLU behind it, so that it and the output layer are one linear map:
what either of them needs follows from a matrix of ``classes x units``, and half of all products
are gone. The others take factors of 16 bits where the CPU multiplies such. And the points are
worked on in blocks, side by side; as the blocks are the same everywhere, so are the numbers on any
number of cores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, linear, relu

from pruning.randomness import torch_generator
from pruning.threads import side_by_side
from pruning.toy.mlp import MLP
from pruning.toy.settings import DROPOUT

BLOCK_POINTS = 500
# Of a byte: so fine are the shares that may be dropped.
_LEVELS = 1 << 8


@dataclass(frozen=True)
class Block:
    """Some of the points, and which values behind the first ReLU stay.

    Attributes
    ----------
    x, y
        Points, shape ``(n, inputs)``, and their classes, shape ``(n,)``.
    keep
        Draws zeros and inverse keep probabilities, shape ``(n, units of the first layer)``.
    """

    x: Tensor
    y: Tensor
    keep: Callable[[], Tensor]


def blocks_of(x: Tensor, y: Tensor, width: int, *seed: int) -> list[Block]:
    """All points in blocks, each with random numbers of its own: ``seed`` and its place."""
    parts = zip(torch.split(x, BLOCK_POINTS), torch.split(y, BLOCK_POINTS), strict=True)
    return [
        Block(points, classes, partial(_keep, points, width, (*seed, place)))
        for place, (points, classes) in enumerate(parts)
    ]


def backward(network: MLP, blocks: Sequence[Block], *, rounded: bool) -> float:
    """Set the gradients of the mean cross-entropy over all blocks; return the share of hits.

    Parameters
    ----------
    rounded
        Round what products between hidden layers take and give to 16 bits (``bfloat16``). Their
        sums have 32 bits, whether the CPU knows such products or multiplies the rounded factors
        in full.
    """
    points = sum(len(block.x) for block in blocks)
    layers = [part for layer in _rectified(network) for part in (layer.weight, layer.bias)]
    shared = [*layers, *_folded(network)]
    leaves = [part.detach().requires_grad_() for part in shared]
    work = partial(_gradients, leaves, points=points, rounded=rounded)
    found = side_by_side(work, blocks, gradients=True)
    sums, hits = found[0]
    for gradients, more in found[1:]:
        hits += more
        for total, gradient in zip(sums, gradients, strict=True):
            total.add_(gradient)
    network.zero_grad()
    torch.autograd.backward(shared, sums)
    return hits / points


def _gradients(
    leaves: list[Tensor], block: Block, *, points: int, rounded: bool
) -> tuple[list[Tensor], int]:
    """What a block adds to the gradients of the weights and biases, and its hits."""
    *layers, head = zip(leaves[::2], leaves[1::2], strict=True)
    hidden = relu(linear(block.x, *layers[0])) * block.keep()
    for weight, bias in layers[1:]:
        hidden = relu(_product(hidden, weight, bias, rounded=rounded))
    logits = linear(hidden.to(block.x.dtype), *head)
    loss = cross_entropy(logits, block.y, reduction="sum") / points
    hits = int((logits.argmax(dim=1) == block.y).sum())
    return list(torch.autograd.grad(loss, leaves)), hits


def _rectified(network: MLP) -> list[torch.nn.Linear]:
    """The hidden layers that ReLU follows."""
    return [layer for i, layer in enumerate(network.hidden_layers) if network.rectified(i)]


def _folded(network: MLP) -> tuple[Tensor, Tensor]:
    """The linear map from the last ReLU to the logits: weight and bias, with their graph."""
    output, last = network.output, network.hidden_layers[-1]
    if len(network.widths) == 1:
        return output.weight, output.bias
    return output.weight @ last.weight, output.weight @ last.bias + output.bias


def _product(x: Tensor, weight: Tensor, bias: Tensor, *, rounded: bool) -> Tensor:
    if not rounded:
        return linear(x, weight, bias)
    factors = [part.bfloat16() for part in (x, weight, bias)]
    if x.device.type != "cpu" or _multiplies_16_bits():
        return linear(*factors)
    # Autograd rounds what comes back through these conversions, as the products above do.
    return linear(*(part.float() for part in factors)).bfloat16()


@cache
def _multiplies_16_bits() -> bool:
    """Whether this CPU has instructions for products of ``bfloat16``: else they are slow."""
    able = torch.cpu.get_capabilities()
    return any(able.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def _keep(x: Tensor, width: int, seed: Sequence[int]) -> Tensor:
    """Zeros and inverse keep probabilities, drawn on the CPU: the same numbers on any device.

    A byte decides for each value, and eight come from one draw: drawn one by one they would take
    a third of the time of a step.
    """
    generator = torch_generator("dropout of a toy network", *seed)
    values, lowest = len(x) * width, torch.iinfo(torch.int64).min
    # From the lowest number without an upper end: all 64 bits are random.
    draws = torch.empty(-(-values // 8), dtype=torch.int64)
    noise = draws.random_(lowest, None, generator=generator).view(torch.uint8)[:values]
    # In place: that is how torch compares bytes fast.
    keep = noise.ge_(round(DROPOUT * _LEVELS)).view(len(x), width)
    return keep.to(x.device, x.dtype).div_(1 - DROPOUT)
