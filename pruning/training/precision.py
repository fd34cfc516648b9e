"""Whether a precision is one that the processor multiplies in, or one that it imitates."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from pruning.events import Note

IMITATED = (
    "This processor has no instructions for bfloat16: it computes such numbers in software, "
    "several times slower than those of float32. Choose float32 unless that is what you look into."
)


def multiplies_bfloat16(device: str) -> bool:
    """Whether products in bfloat16 are computed by instructions of their own."""
    if device.startswith("cuda"):
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # What torch itself asks before it hands a convolution to oneDNN.
    return torch._C._has_mkldnn and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def imitated(precision: str, device: str) -> Iterator[Note]:
    """A warning where training in this precision only takes longer."""
    if precision == "bfloat16" and not multiplies_bfloat16(device):
        yield Note(level="warning", text=IMITATED)
