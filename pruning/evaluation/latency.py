"""How long networks really take, measured side by side."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor, nn

from pruning.structure.hooks import evaluating

WARM_UP = 3


@dataclass(frozen=True)
class Conditions:
    """Under which latency was measured.

    Attributes
    ----------
    device
        Its name, as its maker writes it where torch knows it.
    batch_size
        Images per batch.
    threads
        Of torch on the CPU.
    repeats
        Measurements behind each median.
    """

    device: str
    batch_size: int
    threads: int
    repeats: int

    @classmethod
    def of(cls, x: Tensor, repeats: int) -> Conditions:
        """The conditions under which :func:`latency` measures now."""
        cuda = x.device.type == "cuda"
        device = torch.cuda.get_device_name(x.device) if cuda else x.device.type.upper()
        return cls(device, len(x), torch.get_num_threads(), repeats)

    def __str__(self) -> str:
        threads = f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        return (
            f"{self.device}, {threads}, batches of {self.batch_size}, "
            f"median of {self.repeats} repeats"
        )


def latency(networks: Sequence[nn.Module], x: Tensor, repeats: int) -> list[float]:
    """Measure how long each network takes for the batch ``x``: median seconds, in eval mode.

    The networks take turns, so that whatever else slows the machine down meets all of them alike.

    Parameters
    ----------
    x
        Of shape ``(n, channels, height, width)``, on the networks' device.
    repeats
        How often each network is timed, after three times that are not counted.
    """
    seconds: list[list[float]] = [[] for _ in networks]
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode())
        for network in networks:
            stack.enter_context(evaluating(network))
        for _ in range(WARM_UP + repeats):
            for network, times in zip(networks, seconds, strict=True):
                times.append(_time(network, x))
    return [median(times[WARM_UP:]) for times in seconds]


def _time(network: nn.Module, x: Tensor) -> float:
    start = time.perf_counter()
    network(x)
    if x.device.type == "cuda":
        torch.cuda.synchronize(x.device)
    return time.perf_counter() - start
