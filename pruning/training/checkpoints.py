"""What a killed training goes on from."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter
from safetensors import SafetensorError
from torch import Tensor
from torch.optim import Optimizer

from pruning.models.state import load_state
from pruning.tensor_files import read_tensors, write_tensors
from pruning.training.epochs import Epoch
from pruning.training.identity import identity
from pruning.training.objective import Objective

log = logging.getLogger(__name__)

# An epoch takes time in proportion to parameters and images, a checkpoint to parameters alone: so
# many images take about twenty times as long as writing. A rule by the clock would do as well, but
# could not be tested.
IMAGES_PER_CHECKPOINT = 10_000

_EPOCHS = TypeAdapter(list[Epoch])
# In the file: where a tensor was in the tree, and the name of the tree without its tensors.
_TENSOR, _TREE = "$tensor", "$tree"


@dataclass
class State:
    """A training between two epochs.

    Learning rates and all random numbers follow from the number of the epoch, and need not be
    kept.

    Attributes
    ----------
    epochs
        The finished ones.
    """

    objective: Objective
    epochs: list[Epoch] = field(default_factory=list)

    def pays(self, images: int) -> bool:
        """Whether to write now, when every epoch has so many images."""
        done = len(self.epochs)
        before, now = ((n * images) // IMAGES_PER_CHECKPOINT for n in (done - 1, done))
        return now > before and self.epochs[-1].epoch < self.objective.training.epochs

    def write(self, path: Path) -> None:
        """Put all of it into one file, at once."""
        objective = self.objective
        tensors: dict[str, Tensor] = {}
        tree = _without_tensors(
            {
                "of": self._identity(),
                "epochs": _EPOCHS.dump_python(self.epochs, mode="json"),
                "module": objective.module.state_dict(),
                "optimizers": [part.optimizer.state_dict() for part in objective.optimizers],
                "hooks": [hook.state_dict() for hook in objective.hooks],
            },
            "",
            tensors,
        )
        # As a tensor, for the head of a file is not made for many frames.
        text = bytearray(json.dumps(tree).encode())
        write_tensors(path, {**tensors, _TREE: torch.frombuffer(text, dtype=torch.uint8)})

    def restore(self, path: Path) -> None:
        """Go on from a file, if there is one of this training that can be read."""
        if not path.exists():
            return
        objective = self.objective
        device = str(next(objective.module.parameters()).device)
        try:
            tensors, _ = read_tensors(path, device)
        except SafetensorError:
            log.warning("%s cannot be read, so its training starts over", path)
            return
        tree = _tree_of(tensors)
        if tree.get("of") != self._identity():
            log.warning("%s belongs to another training, so this one starts over", path)
            return
        load_state(objective.module, tree["module"])
        for part, state in zip(objective.optimizers, tree["optimizers"], strict=True):
            _restore_optimizer(part.optimizer, state)
        for hook, state in zip(objective.hooks, tree["hooks"], strict=True):
            hook.load_state_dict(state)
        self.epochs = _EPOCHS.validate_python(tree["epochs"])

    def _identity(self) -> dict[str, Any]:
        """What has to be the same for a training to go on, as a file gives it back."""
        objective = self.objective
        told = {
            "training": identity(objective.training),
            "optimizers": [type(part.optimizer).__name__ for part in objective.optimizers],
            "hooks": [type(hook).__name__ for hook in objective.hooks],
        }
        # There tuples are lists: they would never be equal to those of the settings.
        found: dict[str, Any] = json.loads(json.dumps(told))
        return found


def _restore_optimizer(optimizer: Optimizer, state: dict[str, Any]) -> None:
    by_index = {int(index): values for index, values in state["state"].items()}
    optimizer.load_state_dict({**state, "state": by_index})


def _without_tensors(tree: Any, path: str, tensors: dict[str, Tensor]) -> Any:
    """The tree as JSON knows it; its tensors are put under their paths."""
    match tree:
        case Tensor():
            tensors[path] = tree
            return {_TENSOR: path}
        case Mapping():
            return {
                str(key): _without_tensors(value, f"{path}/{key}", tensors)
                for key, value in tree.items()
            }
        case list() | tuple():
            return [_without_tensors(v, f"{path}/{i}", tensors) for i, v in enumerate(tree)]
        case _:
            return tree


def _tree_of(tensors: dict[str, Tensor]) -> dict[str, Any]:
    """What :func:`_without_tensors` was given."""
    if _TREE not in tensors:
        return {}
    tree: dict[str, Any] = json.loads(
        tensors[_TREE].cpu().numpy().tobytes(),
        object_hook=lambda found: tensors[found[_TENSOR]] if _TENSOR in found else found,
    )
    return tree
