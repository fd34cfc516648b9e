"""Holding the network that is given away against the one that was pruned and the one measured.

A pruned network is there three times: with zeros in place, slimmed, and in what evaluates many
masks quickly. What is reported of one is only true of the others while all compute the same.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from pruning.experiments.sweep.networks import PrunedNetwork
from pruning.structure.hooks import evaluating

# How far the logits of a lean network may be from those of the masked one, for rounding: a share
# of the largest logit.
ROUNDING = 1e-4
# How far below the largest logit that of the reported class may be, as a share too: between two
# classes that are nearly as likely, rounding on other devices and in other blocks decides.
NEARLY_EQUAL = 1e-2


class DisagreementError(ValueError):
    """The lean network does not compute what was measured; the message says how far it is off."""


def check_agreement(pruned: PrunedNetwork, batch: Tensor) -> None:
    """Compare the lean network with the masked one, and with the classes that are reported.

    Parameters
    ----------
    batch
        The first of the test images.

    Raises
    ------
    DisagreementError
        If they differ by more than rounding.
    """
    lean, full = pruned.lean, pruned.network
    logits = _logits(lean, batch)
    if lean is not full and (gap := _gap(logits, _logits(full, batch))) > ROUNDING:
        gap = _exact_gap(lean, full, batch, gap)
        if gap > ROUNDING:
            raise DisagreementError(
                f"at a sparsity of {100 * pruned.sparsity:g} % the slimmed network's logits "
                f"differ from those of the network with zeros in place by {100 * gap:.2g} % of "
                "the largest, so nothing true can be said of it; exclude layers between which "
                "the network depends on the number or order of its channels"
            )
    reported = torch.from_numpy(pruned.outcome.predictions[: len(batch)]).to(logits.device)
    below = logits.amax(1) - logits.gather(1, reported[:, None]).flatten()
    if float(below.max()) > NEARLY_EQUAL * float(logits.abs().max()):
        raise DisagreementError(
            f"at a sparsity of {100 * pruned.sparsity:g} % the network takes test images for "
            "other classes than when it was evaluated, so nothing true can be said of it"
        )


def _logits(network: nn.Module, batch: Tensor) -> Tensor:
    with torch.inference_mode(), evaluating(network):
        return network(batch)  # type: ignore[no-any-return]


def _gap(one: Tensor, other: Tensor) -> float:
    """The largest difference, as a share of the largest logit."""
    return float((one - other).abs().max() / other.abs().max())


def _exact_gap(lean: nn.Module, full: nn.Module, batch: Tensor, gap: float) -> float:
    """The gap in double precision: some devices round far more coarsely; as it was if it cannot."""
    try:
        return _gap(*(_logits(copy.deepcopy(one).double(), batch.double()) for one in (lean, full)))
    # A number or a device of the network's own that does not go with double precision.
    except (RuntimeError, TypeError):
        return gap
