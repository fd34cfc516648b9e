"""What the C library does with memory that is freed."""

from __future__ import annotations

import torch

# The largest piece that glibc learns from, less what it puts around it.
_LEARNS_BYTES = 31 << 20


def keep_freed_memory() -> None:
    """Have the process keep what it frees, up to twice 31 MiB, instead of giving it back at once.

    Arrays of a few MiB that come and go in every step otherwise cost a page fault for each 4 KiB,
    an eighth of the time of a training. glibc learns how much to keep from the largest piece that
    it mapped on its own and that was freed; other C libraries learn nothing from it.
    """
    torch.empty(_LEARNS_BYTES, dtype=torch.uint8)
