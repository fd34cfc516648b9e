"""A network as ONNX, for runtimes that know nothing of torch."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path

import torch
from torch import nn

from pruning.dependencies import example

INPUT = "images"
OUTPUT = "logits"


def write_onnx(network: nn.Module, shape: tuple[int, int, int], path: Path) -> Path:
    """Write ``network``, in eval mode, as one ONNX file that takes batches of any size.

    Its input ``images`` are normalised images, shape ``(n, channels, height, width)``, its output
    ``logits`` has shape ``(n, classes)``.

    Parameters
    ----------
    shape
        Of one image: channels, height, width.
    """
    network = copy.deepcopy(network).cpu().eval()
    with warnings.catch_warnings():
        # torch.export copies one of its own types in a way that torch now warns of.
        warnings.filterwarnings("ignore", r"`isinstance\(treespec, LeafSpec\)`", FutureWarning)
        torch.onnx.export(
            network,
            (example(network, shape),),
            path,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    return path
