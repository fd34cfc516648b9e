"""A network as ONNX, for runtimes that know nothing of torch."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from pruning.structure.dependencies import example

INPUT = "images"
OUTPUT = "logits"


def write_onnx(
    network: nn.Module,
    shape: tuple[int, int, int],
    path: Path,
    about: Mapping[str, str] | None = None,
) -> Path:
    """Write ``network``, in eval mode, as one ONNX file that takes batches of any size.

    Its input ``images`` has shape ``(n, channels, height, width)``, its output ``logits`` shape
    ``(n, classes)``.

    Parameters
    ----------
    shape
        Of one image: channels, height, width.
    about
        Words that the file carries for whoever opens it.
    """
    network = copy.deepcopy(network).cpu().eval()
    with warnings.catch_warnings():
        # torch.export copies one of its own types in a way that torch now warns of.
        warnings.filterwarnings("ignore", r"`isinstance\(treespec, LeafSpec\)`", FutureWarning)
        program = torch.onnx.export(
            network,
            (example(network, shape),),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            dynamo=True,
            verbose=False,
        )
    assert program
    program.model.metadata_props.update(about or {})
    program.save(path, external_data=False)
    return path
