"""Loops that are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a function when it is first called; threads may then call it side by side.

    Numba compiles it, which brings a compiler of its own and no build step. Each process compiles
    anew, in a few seconds, and nothing is kept on disk: numba's cache needs a folder that may be
    written, and refuses to import without one. Sums keep their order, so that numbers do not
    depend on the processor.
    """
    # Neither flag lets the compiler reorder a sum or fuse a product into it.
    return cast(Function, numba.njit(nogil=True, fastmath={"nnan", "nsz"})(function))
