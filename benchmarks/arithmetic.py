"""How much arithmetic a computation does, and how fast this machine could do it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks.report import middle
from pruning import threads

# Where each operation has its factors.
_PRODUCTS = {"mm": 0, "matmul": 0, "linear": 0, "addmm": 1, "addmm_": 1}


class _Counter(TorchDispatchMode):
    """Adds up the multiply-adds of products of a matrix, or a stack of them, with a matrix."""

    def __init__(self) -> None:
        super().__init__()
        self.multiply_adds = 0

    def __torch_dispatch__(
        self, operation: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        name = operation.overloadpacket.__name__
        if name in _PRODUCTS:
            a, b = args[_PRODUCTS[name] :][:2]
            self.multiply_adds += a.numel() * b.numel() // max(1, a.shape[-1])
        elif "mm" in name:
            raise NotImplementedError(f"{operation} is not counted")
        return operation(*args, **(kwargs or {}))


class _Serial:
    """A pool that works in the thread that asks, where the counter sees it."""

    map = staticmethod(map)


def multiply_adds(work: Callable[[], Any]) -> int:
    """Carry out ``work`` and count the multiply-adds of its matrix products."""
    with patch.object(threads, "_pool", _Serial), _Counter() as counter:
        work()
    return counter.multiply_adds


def matmul_rate(side: int = 1000, repeats: int = 15) -> float:
    """Multiply-adds per second of square matrix products, one on each core at a time."""
    matrices = [torch.randn(2, side, side) for _ in range(4 * torch.get_num_threads())]

    def multiply(pair: torch.Tensor) -> torch.Tensor:
        return pair[0] @ pair[1]

    seconds = []
    with threads.one_thread():
        for _ in range(repeats):
            start = time.perf_counter()
            threads.side_by_side(multiply, matrices)
            seconds.append(time.perf_counter() - start)
    return len(matrices) * side**3 / middle(seconds)
