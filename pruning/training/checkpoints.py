"""What a killed training goes on from."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path

from safetensors import SafetensorError
from torch import Tensor, nn
from torch.amp.grad_scaler import GradScaler
from torch.optim import Optimizer

from pruning.tensor_files import read_tensors, write_tensors
from pruning.training.epochs import Epoch
from pruning.training.optimisers import Training

log = logging.getLogger(__name__)

# An epoch takes time in proportion to parameters and images, a checkpoint to parameters alone: so
# many images take about twenty times as long as writing. A rule by the clock would do as well, but
# could not be tested.
IMAGES_PER_CHECKPOINT = 10_000


@dataclass
class State:
    """A training between two epochs.

    The learning rate and all random numbers follow from the number of the epoch, and need not be
    kept.

    Attributes
    ----------
    epochs
        The finished ones.
    best
        The network's state after the best epoch, if it is to be kept.
    """

    network: nn.Module
    optimizer: Optimizer
    scaler: GradScaler
    training: Training
    epochs: list[Epoch] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)

    def close(self, epoch: Epoch) -> None:
        """Add a finished epoch, and keep the network if this is the best one."""
        self.epochs.append(epoch)
        if self.training.keep_best and epoch.best_epoch == epoch.epoch:
            self.best = {name: t.detach().clone() for name, t in self.network.state_dict().items()}

    def pays(self, images: int) -> bool:
        """Whether to write now, when every epoch has so many images."""
        done = len(self.epochs)
        before, now = ((n * images) // IMAGES_PER_CHECKPOINT for n in (done - 1, done))
        return now > before and done < self.training.epochs

    def write(self, path: Path) -> None:
        """Put all of it into one file, at once."""
        parts: dict[str, dict[str, Tensor]] = {
            "network": self.network.state_dict(),
            "best": self.best,
            "optimizer": {
                f"{index}/{key}": value
                for index, values in self.optimizer.state_dict()["state"].items()
                for key, value in values.items()
                if isinstance(value, Tensor)
            },
        }
        tensors = {f"{part}/{name}": t for part, ts in parts.items() for name, t in ts.items()}
        words = {
            "training": asdict(self.training),
            "epochs": [asdict(epoch) for epoch in self.epochs],
            "scaler": self.scaler.state_dict(),
        }
        write_tensors(path, tensors, {name: json.dumps(value) for name, value in words.items()})

    def restore(self, path: Path) -> None:
        """Go on from a file, if there is one of this training that can be read."""
        if not path.exists():
            return
        device = str(next(self.network.parameters()).device)
        try:
            tensors, words = read_tensors(path, device)
        except SafetensorError:
            log.warning("%s cannot be read, so its training starts over", path)
            return
        if json.loads(words["training"]) != asdict(self.training):
            log.warning("%s belongs to another training, so this one starts over", path)
            return
        self.network.load_state_dict(_part(tensors, "network"))
        self.best = _part(tensors, "best")
        self._restore_optimizer(_part(tensors, "optimizer"))
        if scaler := json.loads(words["scaler"]):
            self.scaler.load_state_dict(scaler)
        self.epochs = [Epoch(**epoch) for epoch in json.loads(words["epochs"])]

    def _restore_optimizer(self, tensors: dict[str, Tensor]) -> None:
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            index, key = name.split("/")
            state.setdefault(int(index), {})[key] = tensor
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})


def _part(tensors: dict[str, Tensor], part: str) -> dict[str, Tensor]:
    start = f"{part}/"
    return {name.removeprefix(start): t for name, t in tensors.items() if name.startswith(start)}
