"""The scores of a layer: estimated once, kept, and told while they come."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pruning.context import CannotRunError
from pruning.evaluation.batches import Splits
from pruning.experiments.mint.config import Cell
from pruning.experiments.mint.layers import Layers, Pair
from pruning.experiments.mint.setup import Setup
from pruning.information.conditional import conditional_information
from pruning.randomness import numpy_generator
from pruning.tensor_files import read_tensors, write_tensors
from pruning.training.identity import digest

Scores = NDArray[np.float64]
# The published way, what the code published with the paper does, and two ways to see what of the
# scores is signal.
Way = Literal["mint", "as_published", "second_draw", "permuted"]
# Raised when scores change that no setting tells apart.
_VERSION = 1


@dataclass(frozen=True)
class Scoring:
    """How far the scores of a layer are: not a number where they have not come yet."""

    scores: Scores
    done: int


@dataclass(frozen=True)
class Scorer:
    """Scores the layers of one trained network.

    Attributes
    ----------
    data
        Its images; samples are of those that it was trained on.
    """

    setup: Setup
    network: nn.Module
    data: Splits
    seed: int

    @cached_property
    def _layers(self) -> Layers:
        """Traced once for all that is scored of the network."""
        return Layers(self.network)

    def scores(self, pair: Pair, cell: Cell, way: Way) -> Generator[Scoring, None, Scores]:
        """Score all blocks of a layer, or find them scored.

        Returns
        -------
        Scores
            Shape ``(groups of children, groups of parents)``.

        Raises
        ------
        CannotRunError
            If there are too few samples, or activations that are not finite.
        """
        path = self._path(pair, cell, way)
        if path.exists():
            kept: Scores = read_tensors(path, "cpu")[0]["scores"].numpy()
            yield Scoring(kept, kept.shape[1])
            return kept
        try:
            found = yield from self._estimated(pair, cell, way)
        except ValueError as error:
            raise CannotRunError(str(error)) from error
        write_tensors(path, {"scores": torch.from_numpy(found)})
        return found

    def _estimated(self, pair: Pair, cell: Cell, way: Way) -> Generator[Scoring, None, Scores]:
        """One group of parents after another.

        The published code draws the images of parents and of children apart, each time anew, so
        that the two sides of a row belong to different images; so do permuted samples.
        """
        context, groups = self.setup.context, self.setup.groups(pair, cell.groups)
        draw = int(way == "second_draw")
        images = self.setup.samples(self.data, cell.samples, self.seed, draw)
        parents, children = self._layers.activations(pair.layer, images, context)
        if way in ("as_published", "permuted"):
            order = numpy_generator("children of other images", self.seed)
            children = children[order.permutation(len(children))]
        scores = np.full((len(groups.children), len(groups.parents)), np.nan)
        for each in conditional_information(
            parents,
            children,
            groups.parents,
            groups.children,
            self.seed + draw,
            context.check,
            as_published=way == "as_published",
        ):
            scores[:, each.parent] = each.scores
            yield Scoring(scores.copy(), each.parent + 1)
        return scores

    def _path(self, pair: Pair, cell: Cell, way: Way) -> Path:
        counts = self.setup.config.counts(pair.layer, cell.groups)
        identity = {
            "network": self.setup.spec(self.seed).hash,
            "pair": asdict(pair),
            "groups": list(counts),
            "samples": cell.samples,
            "seed": self.seed,
            "way": way,
            "version": _VERSION,
        }
        folder = self.setup.context.data_dir / "information"
        return folder / f"{digest(identity)}.safetensors"
