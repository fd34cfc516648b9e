"""Semi-structured sparsity, N:M: in each run of M consecutive inputs N weights stay [mishra2021]_.

What such masks save does not depend on the network: a share of ``N / M`` of the values is stored
and multiplied, and each needs ``log2 M`` bits that say where in its run it stands. GPUs with
sparse tensor cores multiply 2:4 up to twice as fast.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def in_runs(weights: Tensor, length: int) -> Tensor:
    """A layer's weights with runs of ``length`` consecutive inputs as the last dimension.

    Of a convolution runs go along the input channels, at each place of the kernel.

    Parameters
    ----------
    weights
        Shape ``(units, inputs, …)``.

    Raises
    ------
    RuntimeError
        If the inputs cannot be divided so; see :func:`divides`.
    """
    rows = weights.movedim(1, -1)
    return rows.reshape(*rows.shape[:-1], -1, length)


def divides(shape: Sequence[int], length: int) -> bool:
    """Whether a layer's weights, shape ``(units, inputs, …)``, can be divided into such runs."""
    return shape[1] % length == 0


def removed_of_run(sparsity: float, length: int) -> int:
    """How many of a run's weights go: the number nearest to ``sparsity``; one always stays."""
    return min(round(sparsity * length), length - 1)


def keep_in_runs(scores: Tensor, kept: Tensor, sparsity: float, length: int) -> Tensor:
    """Remove the lowest scores of each run; what is gone stays gone.

    Parameters
    ----------
    scores
        Of a layer's weights, shape ``(units, inputs, …)``, finite. Among equal scores the earlier
        goes first.
    kept
        What is left by now, truth values in the same shape.
    sparsity
        The share to remove; see :func:`removed_of_run`.
    length
        Of a run: the M of N:M.

    Returns
    -------
    Tensor
        What is left, on the CPU.
    """
    kept = kept.cpu()
    ready = scores.detach().cpu().double().masked_fill(~kept, -torch.inf)
    order = in_runs(ready, length).argsort(dim=-1, stable=True)
    stay = torch.ones_like(order, dtype=torch.bool)
    stay.scatter_(-1, order[..., : removed_of_run(sparsity, length)], False)
    return stay.flatten(-2).movedim(-1, 1).contiguous() & kept
