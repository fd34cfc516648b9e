"""Masks at several sparsities as one npz file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor


def write_masks(masks: Mapping[float, Mapping[str, Tensor]], path: Path) -> Path:
    """Write masks, compressed: one array of truth values per sparsity and name.

    An array's name is ``<sparsity>/<name>``, such as ``0.5/conv1``.

    Parameters
    ----------
    masks
        By sparsity, then by the name of the parameter, layer or group.
    """
    arrays: dict[str, Any] = {
        f"{sparsity}/{name}": mask.cpu().numpy()
        for sparsity, named in masks.items()
        for name, mask in named.items()
    }
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    return path


def read_masks(path: Path) -> dict[float, dict[str, Tensor]]:
    """Read what :func:`write_masks` wrote; pickled objects are refused."""
    masks: dict[float, dict[str, Tensor]] = {}
    with np.load(path, allow_pickle=False) as arrays:
        for key in arrays:
            sparsity, _, name = key.partition("/")
            masks.setdefault(float(sparsity), {})[name] = torch.from_numpy(arrays[key])
    return masks
