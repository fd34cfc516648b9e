"""Work on several cores that does not slow down when the cores are shared.

Torch splits each operation over the cores and spins until all parts are done, so that one busy
core makes a sequence of small operations many times slower. Here each operation runs on one
thread, and a pool works on independent parts side by side. Its numbers are then the same whatever
the number of cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from typing import TypeVar

import torch

# Read before anything lowers it.
_CORES = torch.get_num_threads()

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch's operations on the calling thread alone."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def side_by_side(
    work: Callable[[Item], Outcome], items: Iterable[Item], *, gradients: bool = False
) -> list[Outcome]:
    """Call ``work`` on each item, as many at a time as there are cores.

    Without ``gradients`` autograd is off.
    """
    return list(_pool().map(work if gradients else partial(_inference, work), items))


def _inference(work: Callable[[Item], Outcome], item: Item) -> Outcome:
    with torch.inference_mode():
        return work(item)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_CORES, "pruning", initializer=_alone)


def _alone() -> None:
    # Asking first matters: a thread's first question sets it to the process's number.
    torch.get_num_threads()
    torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    # A forked child has none of its parent's threads.
    os.register_at_fork(after_in_child=_pool.cache_clear)
