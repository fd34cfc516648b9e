"""What a killed training of a toy network goes on from."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError
from torch.optim import SGD

from pruning.tensor_files import read_tensors, write_tensors
from pruning.toy.mlp import MLP

log = logging.getLogger(__name__)

_WEIGHT, _MOMENTUM, _STEPS = "weight/", "momentum/", "steps"


@dataclass(frozen=True)
class Checkpoint:
    """A file of one training: weights, momentum and the steps that are done.

    Random numbers follow from the number of the step, and need not be kept.
    """

    path: Path

    def write(self, network: MLP, optimiser: SGD, steps: int) -> None:
        """Put all of it into the file, at once."""
        tensors = {}
        for name, weight in network.named_parameters():
            tensors[_WEIGHT + name] = weight
            tensors[_MOMENTUM + name] = optimiser.state[weight]["momentum_buffer"]
        write_tensors(self.path, tensors, {_STEPS: str(steps)})

    def restore(self, network: MLP, optimiser: SGD) -> int:
        """Go on from the file, if there is one that can be read; return the steps done."""
        if not self.path.exists():
            return 0
        device = str(network.output.weight.device)
        try:
            tensors, words = read_tensors(self.path, device)
        except SafetensorError:
            log.warning("%s cannot be read, so its training starts over", self.path)
            return 0
        for name, weight in network.named_parameters():
            weight.data.copy_(tensors[_WEIGHT + name])
            optimiser.state[weight]["momentum_buffer"] = tensors[_MOMENTUM + name]
        return int(words[_STEPS])

    def remove(self) -> None:
        """Give the space back, once the training is over."""
        self.path.unlink(missing_ok=True)
