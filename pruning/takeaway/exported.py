"""A network as a ``torch.export`` archive, which runs without the code that defined it."""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from torch import nn

from pruning.structure.dependencies import example


def write_exported(network: nn.Module, shape: tuple[int, int, int], path: Path) -> Path:
    """Write ``network``, in eval mode, as a ``.pt2`` archive that takes batches of any size.

    ``torch.export.load(path).module()`` takes images of shape ``(n, channels, height, width)``.

    Parameters
    ----------
    shape
        Of one image: channels, height, width.
    """
    network = copy.deepcopy(network).cpu().eval()
    batch = {0: torch.export.Dim("batch")}
    program = torch.export.export(network, (example(network, shape),), dynamic_shapes=(batch,))
    torch.export.save(program, path)
    return path
