"""What people can take away from a sweep, as files."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from torch import Tensor, nn

from pruning.evaluation.accuracy import evaluate
from pruning.events import Artifact
from pruning.experiments.sweep.arms import Arm
from pruning.experiments.sweep.baseline import Baseline
from pruning.experiments.sweep.granularities import of_budget
from pruning.experiments.sweep.networks import PrunedNetwork
from pruning.experiments.sweep.setup import Setup
from pruning.experiments.sweep.statistics import Measured
from pruning.takeaway.exported import write_exported
from pruning.takeaway.given import given
from pruning.takeaway.masks import write_masks
from pruning.takeaway.onnx import write_onnx
from pruning.takeaway.pixels import OnPixels
from pruning.takeaway.weights import Description, widths_of, write_description, write_weights

# How much accuracy the network that is given away may lose: one point of a hundred.
TOLERANCE = 0.01
# What there is to take away that is a network.
NETWORKS = frozenset(("safetensors", "onnx", "torch_export"))


@dataclass(frozen=True)
class _Candidate:
    """A network that can be given away."""

    sparsity: float
    lean: nn.Module
    measured: Measured
    held_out: float | None


@dataclass
class TakeAway:
    """The files of one arm: one pruned network, and the masks of all.

    The network is the sparsest that loses at most one point of accuracy to the dense one; where
    none does, the one that was pruned least. That is decided on the validation images, so that its
    accuracy on the test images says what new images would; where none are held out, on these.
    """

    setup: Setup
    arm: Arm
    baseline: Baseline
    _best: _Candidate | None = None
    _masks: dict[float, dict[str, Tensor]] = field(default_factory=dict)

    def consider(self, pruned: PrunedNetwork, measured: Measured) -> None:
        """Take in one more network; they come by rising sparsity."""
        self._masks[pruned.sparsity] = pruned.kept
        if self.setup.context.artifacts is None or not pruned.sparsity:
            return
        held_out = self._held_out(pruned.lean)
        accuracy = measured.test_accuracy if held_out is None else held_out
        if self._best is None or accuracy >= self._least:
            self._best = _Candidate(pruned.sparsity, pruned.lean, measured, held_out)

    @cached_property
    def _least(self) -> float:
        """What a network has to reach."""
        dense = self._held_out(self.baseline.trained.dense)
        return (self.baseline.trained.outcome.accuracy if dense is None else dense) - TOLERANCE

    def _held_out(self, network: nn.Module) -> float | None:
        """The accuracy on the validation images, where there are any and it is asked for."""
        images = self.baseline.trained.data.validation
        if not len(images) or NETWORKS.isdisjoint(self.setup.config.take_away):
            return None
        return evaluate(network, images, self.setup.context).accuracy

    def made(self) -> Iterator[Artifact]:
        """Write the files and name each."""
        folder = self.setup.context.artifacts
        if folder is None or self._best is None:
            return
        asked, stem = self.setup.config.take_away, f"{self.arm.name}-{self.arm.granularity}"
        network, shape = self._best.lean, self.setup.dataset.shape
        percent = f"{100 * self._best.sparsity:.4g}"
        of = of_budget(self.setup.config.budget)
        name = f"{self.arm.title}, {percent} %{of} removed"
        file = folder / f"{stem}-{percent}"
        if "safetensors" in asked:
            yield given(write_weights(network, _with(file, ".safetensors")), f"{name}: weights")
            described = write_description(self._described(), _with(file, ".json"))
            yield given(described, f"{name}: description (JSON)")
        whole = OnPixels(
            copy.deepcopy(network).cpu(), self.setup.dataset.mean, self.setup.dataset.sd
        )
        if "onnx" in asked:
            onnx = write_onnx(whole, shape, _with(file, ".onnx"), self._about())
            yield given(onnx, f"{name}: ONNX")
        if "torch_export" in asked:
            exported = write_exported(whole, shape, _with(file, ".pt2"))
            yield given(exported, f"{name}: torch.export")
        if "masks" in asked:
            masks = write_masks(self._masks, folder / f"{stem}-masks.npz")
            yield given(masks, f"{self.arm.title}: masks at all sparsities")

    def _about(self) -> dict[str, str]:
        """What is to be known of a file that stands alone."""
        dataset = self.setup.dataset
        return {
            "input": "images with values from 0 to 1",
            "classes": json.dumps(dataset.classes),
            "dataset": dataset.name,
            "model": self.setup.config.model,
        }

    def _described(self) -> Description:
        assert self._best
        dataset, measured = self.setup.dataset, self._best.measured
        return Description(
            model=self.setup.config.model,
            dataset=dataset.name,
            shape=dataset.shape,
            classes=dataset.classes,
            mean=dataset.mean,
            sd=dataset.sd,
            widths=widths_of(self._best.lean),
            criterion=self.arm.name,
            granularity=self.arm.granularity,
            sparsity=self._best.sparsity,
            budget=self.setup.config.budget,
            measures={n: float(v) for n, v in vars(measured).items() if v is not None},
            chosen_on="test" if self._best.held_out is None else "validation",
            validation_accuracy=self._best.held_out,
        )


def _with(file: Path, suffix: str) -> Path:
    """The file with a suffix, whatever points there are in its name."""
    return file.with_name(file.name + suffix)
