"""Masks that are not learned: in which order elements go."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from pruning.context import CannotRunError
from pruning.events import Progress
from pruning.experiments.input_selection.config import Kind
from pruning.experiments.input_selection.setup import Setup
from pruning.inputs.importance import (
    Importances,
    element_importances,
    forest_importances,
    read_importances,
)
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

    def read(self) -> None:
        """Read the file of importances, if one is asked for.

        Raises
        ------
        CannotRunError
            If it cannot be used; the message says what to change.
        """
        path = self.setup.importances
        if path is None or "given" not in self.setup.config.kinds:
            return
        if not path.is_file():
            raise CannotRunError(f"there is no file of importances {path}: put it there")
        with path.open("rb") as file:
            self._importances = read_importances(file, self.setup.dataset.shape)

    def computed(self) -> Iterator[Progress]:
        """Ask random forests, unless a file tells or nobody wants to know."""
        setup = self.setup
        if self._importances is not None or "given" not in setup.config.kinds:
            return
        seed = setup.config.seeds[0]
        train = setup.splits(seed).train

        def grow(_: Path | None) -> Generator[Progress, None, Kept]:
            pixels, classes = train.x.cpu().numpy(), train.y.cpu().numpy()
            found = yield from forest_importances(pixels, classes, seed, check=setup.context.check)
            return {_NAME: torch.from_numpy(found)}, {}

        tensors, _ = yield from setup.context.once(f"stages/{_NAME}", grow)
        self._importances = tensors[_NAME].cpu().numpy()

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
