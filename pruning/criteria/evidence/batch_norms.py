"""Which statistics batch norms take while a network is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Literal

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from pruning.structure.hooks import evaluating

Statistics = Literal["eval", "train"]


@contextmanager
def normalising(network: nn.Module, statistics: Statistics) -> Iterator[None]:
    """Eval mode; but batch norms take the statistics of the samples where that is asked for."""
    with ExitStack() as stack:
        stack.enter_context(evaluating(network))
        if statistics == "train":
            for module in network.modules():
                if isinstance(module, _BatchNorm):
                    stack.enter_context(_of_the_samples(module))
        yield


@contextmanager
def _of_the_samples(norm: _BatchNorm) -> Iterator[None]:
    """Training mode in which nothing is gathered."""
    tracked = norm.track_running_stats, norm.running_mean, norm.running_var
    norm.train()
    norm.track_running_stats, norm.running_mean, norm.running_var = False, None, None
    try:
        yield
    finally:
        norm.track_running_stats, norm.running_mean, norm.running_var = tracked
