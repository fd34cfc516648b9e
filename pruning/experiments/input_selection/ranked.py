"""Masks that are not learned: in which order elements go."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from pruning.events import Progress
from pruning.experiments.input_selection.config import Kind
from pruning.experiments.input_selection.setup import Setup
from pruning.inputs.importance import element_importances, forest_importances
from pruning.inputs.importance_files import kept_importances
from pruning.inputs.names import Importances
from pruning.inputs.ordered import OrderedMask, RemoveInOrder
from pruning.inputs.selection import Selection

if TYPE_CHECKING:
    from pruning.context import Kept

_NAME = "importances"


@dataclass
class Ranking:
    """The importances of the inputs, of one run, and masks that remove by them, or by chance."""

    setup: Setup
    _importances: Importances | None = field(default=None, init=False)

    def found(self) -> Iterator[Progress]:
        """Read the file of importances, or ask random forests, once for all attempts.

        Raises
        ------
        CannotRunError
            If the file cannot be used, or forests find nothing; the message says what to change.
        """
        if "given" not in self.setup.config.kinds:
            return

        def find(_: Path | None) -> Generator[Progress, None, Kept]:
            name = self.setup.config.importances
            importances = self._read(name) if name else (yield from self._grown())
            return {_NAME: torch.from_numpy(importances)}, {}

        tensors, _ = yield from self.setup.context.once(f"stages/{_NAME}", find)
        self._importances = tensors[_NAME].cpu().numpy()

    def _read(self, name: str) -> Importances:
        return kept_importances(name, self.setup.context.data_dir, self.setup.dataset.shape)

    def _grown(self) -> Generator[Progress, None, Importances]:
        """What the training images of the first repeat tell."""
        setup = self.setup
        seed = setup.config.seeds[0]
        train = setup.splits(seed).train
        pixels, classes = train.x.cpu().numpy(), train.y.cpu().numpy()
        return (yield from forest_importances(pixels, classes, seed, check=setup.context.check))

    def selection(self, kind: Kind, seed: int) -> tuple[Selection, RemoveInOrder]:
        """A mask that sends everything yet, and what removes element after element."""
        config, image = self.setup.config, self.setup.dataset.shape
        if kind == "given":
            assert self._importances is not None
            scores = element_importances(self._importances, self.setup.elements)
            mask = OrderedMask.given(scores, image)
        else:
            mask = OrderedMask.random(self.setup.elements, image, seed)
        selection = Selection(mask, upscaling=config.input_drop_upscaling)
        removing = RemoveInOrder(mask, config.remove_elements, config.remove_every)
        return selection.to(self.setup.context.device), removing
