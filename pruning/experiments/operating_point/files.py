"""The files of an operating point, Python that reads them, and the starting point that it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torch import Tensor

from pruning.events import Artifact, Note
from pruning.experiments.base import config_hash
from pruning.experiments.operating_point.python import PYTHON, python_for
from pruning.experiments.operating_point.setup import PointSetup
from pruning.experiments.sweep.network_files import GivenNetwork
from pruning.initial_weights.pruned import keep, start_name
from pruning.takeaway.given import given
from pruning.takeaway.masks import write_masks


def files_of(
    setup: PointSetup, network: GivenNetwork, kept: dict[str, Tensor]
) -> Iterator[Artifact | Note]:
    """Write the files, keep the network to be started from, and name each file.

    Which could not be written is said.

    Parameters
    ----------
    kept
        What is left: of each group of units, or of each layer's weights.
    """
    config = setup.config
    name = start_name(config_hash("operating_point", config))
    keep(network.lean, network.described, setup.context.data_dir, name)
    if (folder := setup.context.artifacts) is None:
        return
    tuned = f"-fine-tuned-{config.further_epochs}" if config.further_epochs else ""
    file = folder / f"{network.stem}-seed-{network.seed}{tuned}"
    yield from network.written(config.take_away, file)
    if "masks" in config.take_away:
        masks = write_masks({network.sparsity: kept}, file.with_name(f"{file.name}-masks.npz"))
        yield given(masks, f"{network.name}: mask")
    if "safetensors" in config.take_away:
        yield given(_python(network, file), f"{network.name}: Python that loads it")


def _python(network: GivenNetwork, file: Path) -> Path:
    path = file.with_name(PYTHON)
    path.write_text(python_for(network.described, file.name), encoding="utf-8")
    return path
