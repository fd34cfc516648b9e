"""What people can take away from a run of MINT, as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from torch import Tensor, nn

from pruning.evaluation.accuracy import evaluate
from pruning.events import Artifact
from pruning.experiments.mint.fields import VARIANTS, VariantName
from pruning.experiments.mint.measuring import Dense, Retrained, slimmed
from pruning.experiments.mint.setup import Setup
from pruning.experiments.mint.statistics import Measured
from pruning.structure.widths import widths_of
from pruning.takeaway.description import Description
from pruning.takeaway.given import given
from pruning.takeaway.masks import write_masks
from pruning.takeaway.using import uses
from pruning.takeaway.weights import write_description, write_weights

# How much accuracy the network that is given away may lose: one point of a hundred.
_TOLERANCE = 0.01


@dataclass
class TakeAway:
    """The files of one variant: all masks of the first seed, and one slimmed network.

    That is the one with most removed that loses at most one point of accuracy to the dense one; on
    the validation images, or where none are held out on those to test. Where none is as good, there
    are the masks alone.
    """

    setup: Setup
    variant: VariantName
    dense: Dense
    _masks: dict[float, dict[str, Tensor]] = field(default_factory=dict)
    _best: tuple[Measured, nn.Module, float] | None = None

    def consider(self, measured: Measured, found: Retrained) -> None:
        """Take in one more network; they come by rising percentage."""
        if self.setup.context.artifacts is None:
            return
        self._masks[measured.asked] = found.masks.parameters
        lean = slimmed(self.setup, found.network, found.masks)
        accuracy = self._accuracy(lean)
        if accuracy >= self._least:
            self._best = measured, lean, accuracy

    @cached_property
    def _least(self) -> float:
        """What a network has to reach."""
        return self._accuracy(self.dense.network) - _TOLERANCE

    def _accuracy(self, network: nn.Module) -> float:
        data = self.dense.data
        images = data.validation if len(data.validation) else data.test
        return evaluate(network, images, self.setup.context).accuracy

    def made(self) -> Iterator[Artifact]:
        """Write the files and name each."""
        folder, title = self.setup.context.artifacts, VARIANTS[self.variant]
        if folder is None or not self._masks:
            return
        path = write_masks(self._masks, folder / f"{self.variant}-masks.npz")
        yield given(path, f"{title}: masks at all percentages")
        if self._best is None:
            return
        measured, lean, accuracy = self._best
        stem = f"{self.variant}-{measured.asked:g}"
        name = f"{title}, {measured.asked:g} % asked"
        weights = write_weights(lean, folder / f"{stem}.safetensors")
        yield given(weights, f"{name}: weights")
        files = uses(["safetensors"], self.setup.dataset.shape, stem)
        told = self._described(measured, lean, accuracy).model_copy(update={"files": files})
        described = write_description(told, folder / f"{stem}.json")
        yield given(described, f"{name}: description (JSON)")

    def _described(self, measured: Measured, lean: nn.Module, accuracy: float) -> Description:
        dataset, held_out = self.setup.dataset, len(self.dense.data.validation) > 0
        return Description(
            model=self.setup.config.model,
            dataset=dataset.name,
            shape=dataset.shape,
            classes=dataset.classes,
            images=dataset.notes,
            mean=dataset.mean,
            sd=dataset.sd,
            widths=widths_of(lean),
            criterion=self.variant,
            granularity="block",
            sparsity=measured.whole,
            budget="weights",
            measures={"test_accuracy": measured.accuracy, "parameters": float(measured.parameters)},
            chosen_on="validation" if held_out else "test",
            validation_accuracy=accuracy if held_out else None,
        )
