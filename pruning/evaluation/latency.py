"""How long networks really take, measured side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles

import torch
from torch import Tensor, nn

from pruning.structure.hooks import evaluating

WARM_UP = 2
# A speed-up is known well enough once its quartiles are no further from the median than this.
NEAR = 0.05
# So many repeats make a speed-up: of equal networks, 3 in 1,000 then have quartiles that lie on one
# side of 1 by chance; with 12 repeats it would be 50.
REPEATS = 30
# However slow the networks are, they are timed so often: twice in either order.
FEWEST = 4
# Clocks do not tell a hundredth: networks of equal work, one full of zeros, differ by as much.
EVEN = 0.01
LIMIT = 10.0
# How a speed-up is to be understood, in words.
BY_TURNS = (
    "each network by turns with the dense one. A measured speed-up is the median of up to "
    f"{REPEATS} repeats that were made longer until their quartiles lay within {100 * NEAR:g} % "
    "of it, as far as time allowed; where 1 lies between the quartiles, it cannot be told from 1."
)


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
    """

    device: str
    batch_size: int
    threads: int

    @classmethod
    def of(cls, x: Tensor) -> Conditions:
        """The conditions under which latencies for the batch ``x`` are measured now."""
        cuda = x.device.type == "cuda"
        device = torch.cuda.get_device_name(x.device) if cuda else x.device.type.upper()
        return cls(device, len(x), torch.get_num_threads())

    def __str__(self) -> str:
        threads = f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        return f"{self.device}, {threads}, batches of {self.batch_size}"


@dataclass(frozen=True)
class Speedup:
    """How many times faster a network is than the dense one, and how sure that is.

    Attributes
    ----------
    q1, median, q3
        Quartiles of the repeats, each the seconds of the dense network over those of the other.
    rounds
        How often both were timed; a repeat is one round or several.
    """

    q1: float
    median: float
    q3: float
    rounds: int

    @property
    def is_settled(self) -> bool:
        """Whether both quartiles lie near the median."""
        return max(self.median - self.q1, self.q3 - self.median) <= NEAR * self.median

    @property
    def holds_one(self) -> bool:
        """Whether the quartiles come as near to 1 as makes no difference: see :data:`EVEN`."""
        return self.q1 <= 1 + EVEN and self.q3 >= 1 - EVEN


def latency(network: nn.Module, x: Tensor, repeats: int) -> float:
    """Measure how long a network takes for the batch ``x``: median seconds, in eval mode.

    Parameters
    ----------
    x
        Of shape ``(n, channels, height, width)``, on the network's device.
    repeats
        How often it is timed, after two times that are not counted.
    """
    with _timing([network]):
        return median([_time(network, x) for _ in range(WARM_UP + repeats)][WARM_UP:])


def speedup(
    dense: nn.Module,
    network: nn.Module,
    x: Tensor,
    seconds: float = LIMIT,
    check: Callable[[], None] = lambda: None,
) -> Speedup:
    """Measure how many times faster than ``dense`` a network is for the batch ``x``, in eval mode.

    A round times both, now the one first and now the other, and gives a ratio: what slows the
    machine down meets both alike, and neither profits from its place. The rounds, cut into
    consecutive stretches of equal length, make the repeats, each the median of its ratios. First a
    repeat is one round. While the quartiles of the repeats are further than 5 % from their median,
    twice as many rounds are made: repeats grow longer, and noise averages out of them.

    Parameters
    ----------
    x
        Of shape ``(n, channels, height, width)``, on the networks' device.
    seconds
        After this long no further round begins, once there are four.
    check
        Is called before each round; it may raise to end the measurement.
    """
    begun, due = time.perf_counter(), REPEATS
    ratios: list[float] = []
    with _timing([dense, network]):
        for place in range(WARM_UP):
            _ratio(dense, network, x, swapped=place % 2 == 1)
        while True:
            check()
            ratios.append(_ratio(dense, network, x, swapped=len(ratios) % 2 == 1))
            if len(ratios) == due:
                if (found := _summary(ratios)).is_settled:
                    return found
                due *= 2
            if len(ratios) >= FEWEST and time.perf_counter() - begun >= seconds:
                return _summary(ratios)


def _summary(ratios: Sequence[float]) -> Speedup:
    """The quartiles of the repeats that these rounds make."""
    count = min(REPEATS, len(ratios))
    ends = [place * len(ratios) // count for place in range(count + 1)]
    repeats = [median(ratios[start:end]) for start, end in pairwise(ends)]
    q1, middle, q3 = quantiles(repeats, n=4)
    return Speedup(q1, middle, q3, len(ratios))


def _ratio(dense: nn.Module, network: nn.Module, x: Tensor, *, swapped: bool) -> float:
    """Seconds of the dense network over those of the other, which comes first if ``swapped``."""
    if swapped:
        own = _time(network, x)
        return _time(dense, x) / own
    whole = _time(dense, x)
    return whole / _time(network, x)


@contextmanager
def _timing(networks: Sequence[nn.Module]) -> Iterator[None]:
    """Put networks into the state that they are timed in."""
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode())
        for network in networks:
            stack.enter_context(evaluating(network))
        yield


def _time(network: nn.Module, x: Tensor) -> float:
    start = time.perf_counter()
    network(x)
    if x.device.type == "cuda":
        torch.cuda.synchronize(x.device)
    return time.perf_counter() - start
