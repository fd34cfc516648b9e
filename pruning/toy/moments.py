"""What a toy network was like at some steps of its training: kept beside it, to be watched."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from safetensors import SafetensorError
from torch import Tensor

from pruning.context import Context
from pruning.tensor_files import read_tensors, write_tensors
from pruning.toy.mlp import MLP
from pruning.toy.settings import MOMENTS

log = logging.getLogger(__name__)


class Moments:
    """The weights at each of :data:`~pruning.toy.settings.MOMENTS`, in half precision.

    Parameters
    ----------
    path
        Of the file in which they are kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: dict[str, Tensor] = {}

    def note(self, network: MLP, steps: int) -> None:
        """Remember the network as it is after so many steps, if that is one of the moments."""
        if steps in MOMENTS:
            for name, weight in network.state_dict().items():
                self._kept[f"{steps}/{name}"] = weight.half()

    def write(self) -> None:
        """Keep what was noted."""
        write_tensors(self._path, self._kept)

    def are_kept(self, context: Context) -> bool:
        """Whether there is a file that has them all."""
        if not self._path.exists():
            return False
        try:
            self._kept, _ = read_tensors(self._path, context.device)
        except SafetensorError:
            log.warning("%s cannot be read, so its network is trained again", self._path)
            return False
        return {int(name.partition("/")[0]) for name in self._kept} == set(MOMENTS)

    def networks(self, like: MLP) -> Iterator[tuple[int, MLP]]:
        """The steps and the network at each moment, in order; it is one that changes."""
        for steps in MOMENTS:
            own = {name: self._kept[f"{steps}/{name}"] for name in like.state_dict()}
            like.load_state_dict(own)
            yield steps, like
