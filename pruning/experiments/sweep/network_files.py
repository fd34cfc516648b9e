"""A pruned network as files, in every format that people asked for."""

from __future__ import annotations

import copy
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from torch import nn

from pruning.events import Artifact
from pruning.experiments.sweep.arms import Arm
from pruning.experiments.sweep.granularities import of_budget
from pruning.experiments.sweep.setup import Setup
from pruning.experiments.sweep.statistics import Measured
from pruning.structure.widths import widths_of
from pruning.takeaway.description import Description
from pruning.takeaway.exported import write_exported
from pruning.takeaway.given import given
from pruning.takeaway.onnx import write_onnx
from pruning.takeaway.pixels import OnPixels
from pruning.takeaway.using import PIXELS, uses
from pruning.takeaway.weights import write_description, write_weights


@dataclass(frozen=True)
class GivenNetwork:
    """A network that is given away, with what was measured of it.

    Attributes
    ----------
    lean
        As one would use it.
    held_out
        Its accuracy on the validation images, where that is known.
    chosen_on
        The images by which it was chosen among others.
    """

    setup: Setup
    arm: Arm
    seed: int
    sparsity: float
    lean: nn.Module
    measured: Measured
    held_out: float | None
    chosen_on: Literal["validation", "test"]

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.arm.title}, {self._percent} %{of_budget(self.setup.config.budget)} removed"

    @property
    def stem(self) -> str:
        """What its files are called, without what tells their formats apart."""
        return f"{self.arm.name}-{self.arm.granularity}-{self._percent}"

    @property
    def _percent(self) -> str:
        return f"{100 * self.sparsity:.4g}"

    def written(self, asked: Collection[str], file: Path) -> Iterator[Artifact]:
        """Write ``file`` with a suffix for each format, and name what was written."""
        shape = self.setup.dataset.shape
        if "safetensors" in asked:
            weights = write_weights(self.lean, with_suffix(file, ".safetensors"))
            yield given(weights, f"{self.name}: weights")
            files = uses(asked, shape, file.name)
            told = self.described.model_copy(update={"files": files})
            described = write_description(told, with_suffix(file, ".json"))
            yield given(described, f"{self.name}: description (JSON)")
        dataset = self.setup.dataset
        whole = OnPixels(copy.deepcopy(self.lean).cpu(), dataset.mean, dataset.sd)
        if "onnx" in asked:
            onnx = write_onnx(whole, shape, with_suffix(file, ".onnx"), self._about)
            yield given(onnx, f"{self.name}: ONNX")
        if "torch_export" in asked:
            exported = write_exported(whole, shape, with_suffix(file, ".pt2"))
            yield given(exported, f"{self.name}: torch.export")

    @property
    def _about(self) -> dict[str, str]:
        """What is to be known of a file that stands alone."""
        dataset = self.setup.dataset
        return {
            "input": PIXELS,
            "classes": json.dumps(dataset.classes),
            "dataset": dataset.name,
            "model": self.setup.config.model,
        }

    @property
    def described(self) -> Description:
        """What there is to know of it beside its weights."""
        dataset = self.setup.dataset
        measures = {n: float(v) for n, v in vars(self.measured).items() if v is not None}
        return Description(
            model=self.setup.config.model,
            dataset=dataset.name,
            shape=dataset.shape,
            classes=dataset.classes,
            mean=dataset.mean,
            sd=dataset.sd,
            widths=widths_of(self.lean),
            criterion=self.arm.name,
            granularity=self.arm.granularity,
            sparsity=self.sparsity,
            seed=self.seed,
            budget=self.setup.config.budget,
            measures=measures,
            chosen_on=self.chosen_on,
            validation_accuracy=self.held_out,
        )


def with_suffix(file: Path, suffix: str) -> Path:
    """The file with a suffix, whatever points there are in its name."""
    return file.with_name(file.name + suffix)
