"""The points that a toy run asks its networks about, and what is drawn of the answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pruning.data.base import Labelled, Points
from pruning.events import Array, Frame
from pruning.toy.evaluation import accuracy

MARGIN = 0.1

NO_POINTS: Labelled = (np.empty((0, 2), np.float32), np.empty(0, np.int64))


@dataclass(frozen=True)
class Canvas:
    """A grid around the training points, then the training, reference and test points.

    Attributes
    ----------
    grid
        How many grid points there are along each side.
    scope
        What the names of the frames begin with, where one run has several canvases.
    """

    grid: int
    train: Labelled
    reference: Labelled = NO_POINTS
    test: Labelled = NO_POINTS
    scope: str = ""

    def axes(self) -> tuple[Points, Points]:
        """The grid's x and y: the training points' bounding box and a margin around it."""
        low, high = self.train[0].min(axis=0) - MARGIN, self.train[0].max(axis=0) + MARGIN
        x, y = np.linspace(low, high, self.grid, dtype=np.float32).T
        return x, y

    def points(self) -> Tensor:
        """All points, shape ``(n, 2)``; the grid comes row by row, a row being one y."""
        x, y = self.axes()
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        parts = (grid, self.train[0], self.reference[0], self.test[0])
        return torch.from_numpy(np.concatenate(parts))

    def scenery(self) -> list[Frame]:
        """The frames that neither network nor reference samples change: training points, axes."""
        x, y = self.axes()
        axes = {"x": Array.of(x, "f4"), "y": Array.of(y, "f4")}
        return [
            _scatter(f"{self.scope}points/train", 0, self.train),
            Frame(name=f"{self.scope}grid", arrays=axes),
        ]

    def samples(self) -> list[Frame]:
        """The reference samples and the test points."""
        return [self.references(), _scatter(f"{self.scope}points/test", 0, self.test)]

    def references(self, at: float = 0) -> Frame:
        """The reference samples."""
        return _scatter(f"{self.scope}points/reference", at, self.reference)

    def boundary(self, name: str, at: float, logits: Tensor, *, train: bool = False) -> Frame:
        """The classes and confidences that ``logits``, of :meth:`points`, stand for."""
        grid, on_train, on_reference, _ = self._split(logits)
        arrays = _decisions(grid, "", (self.grid, self.grid))
        if train:
            arrays |= _decisions(on_train, "train_")
        arrays |= _decisions(on_reference, "reference_")
        return Frame(name=f"{self.scope}boundary/{name}", at=at, arrays=arrays)

    def accuracies(self, logits: Tensor) -> dict[str, float]:
        """The accuracy on the training and on the test points."""
        _, on_train, _, on_test = self._split(logits)
        parts = {"train": (on_train, self.train), "test": (on_test, self.test)}
        return {
            scenario: accuracy(part, torch.from_numpy(labelled[1]).to(part.device))
            for scenario, (part, labelled) in parts.items()
        }

    def _split(self, logits: Tensor) -> tuple[Tensor, ...]:
        known = [len(part[0]) for part in (self.train, self.reference, self.test)]
        return torch.split(logits, [self.grid**2, *known])


def _scatter(name: str, at: float, labelled: Labelled) -> Frame:
    points, classes = labelled
    arrays = {
        "x": Array.of(points[:, 0], "f4"),
        "y": Array.of(points[:, 1], "f4"),
        "class": Array.of(classes, "u1"),
    }
    return Frame(name=name, at=at, arrays=arrays)


def _decisions(logits: Tensor, prefix: str, shape: tuple[int, ...] = (-1,)) -> dict[str, Array]:
    """Each point's most probable class and that probability in percent."""
    # Down the columns: that is how the logits lie in memory, which makes this nine times faster.
    confidence, classes = logits.T.softmax(dim=0).max(dim=0)
    return {
        f"{prefix}class": Array.of(classes.cpu().numpy().reshape(shape), "u1"),
        f"{prefix}confidence": Array.of((100 * confidence).cpu().numpy().reshape(shape), "u1"),
    }
