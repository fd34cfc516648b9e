"""Tensors in files: safetensors, which hold no code, and are there as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from pruning.whole_files import whole


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None
) -> None:
    """Write a file of tensors and words; a reader sees the file before it or the whole of it."""
    with whole(path) as draft:
        # Copies, because the format has no place for tensors that share memory.
        packed = {
            name: tensor.detach().clone(memory_format=torch.contiguous_format)
            for name, tensor in tensors.items()
        }
        save_file(packed, draft, dict(metadata or {}))


def write_text(path: Path, text: str) -> None:
    """Write a text file in the same way."""
    with whole(path) as draft:
        draft.write_text(text, encoding="utf-8")


def read_tensors(path: Path, device: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors of a file, on the device, and its words.

    Raises
    ------
    safetensors.SafetensorError
        If the file is not what :func:`write_tensors` writes.
    """
    with safe_open(path, "pt", device) as file:
        return {name: file.get_tensor(name) for name in sorted(file.keys())}, file.metadata() or {}
