"""What a page needs to evaluate a toy network itself: its weights, and what ranks its units."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor

from pruning.events import Array, Frame
from pruning.toy.evaluation import Evaluator
from pruning.toy.mlp import MLP

# Two logits that differ by less than this share of the larger one are a matter of rounding.
ROUNDING = 1e-3


def network_frame(network: MLP, points: Tensor, logits: Tensor) -> Frame:
    """Weights and biases, in half precision where these decide about the points as they do.

    Parameters
    ----------
    points, logits
        What the network is asked about, shape ``(n, inputs)``, and what it answers, ``(n,
        classes)``.
    """
    dtype = "f2" if _tells_the_same(halved(network), points, logits) else "f4"
    return Frame(name="network", arrays=_arrays(network, dtype))


def initial_frame(network: MLP) -> Frame:
    """The same of the network before it was trained, in half precision."""
    return Frame(name="initial", arrays=_arrays(network, "f2"))


def _arrays(network: MLP, dtype: str) -> dict[str, Array]:
    arrays = {}
    for index, layer in enumerate([*network.hidden_layers, network.output]):
        arrays[f"weight_{index}"] = Array.of(layer.weight.detach().cpu().numpy(), dtype)
        arrays[f"bias_{index}"] = Array.of(layer.bias.detach().cpu().numpy(), dtype)
    return arrays


def scores_frame(criterion: str, scores: Sequence[Tensor], ranks: Sequence[Tensor]) -> Frame:
    """What a criterion says of the units of all layers: normalised scores, and their ranks."""
    arrays = {
        "score": Array.of(torch.cat([score.detach().cpu() for score in scores]).numpy(), "f4"),
        "rank": Array.of(torch.cat(list(ranks)).numpy(), "u2"),
    }
    return Frame(name=f"scores/{criterion}", arrays=arrays)


def halved(network: MLP) -> MLP:
    """A copy of the network whose weights are rounded to half precision."""
    rounded = copy.deepcopy(network)
    with torch.no_grad():
        for parameter in rounded.parameters():
            parameter.copy_(parameter.half())
    return rounded


def _tells_the_same(network: MLP, points: Tensor, logits: Tensor) -> bool:
    """Whether a network takes each point for its class, or for one that was as probable."""
    found = Evaluator(network, points).logits().argmax(dim=1)
    best, second = logits.topk(2, dim=1).values.T
    sure = best - second > ROUNDING * logits.abs().amax(dim=1)
    return bool((found == logits.argmax(dim=1))[sure].all())
