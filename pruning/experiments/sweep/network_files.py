"""A pruned network as files, in every format that people asked for."""

from __future__ import annotations

import copy
import json
import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from torch import nn

from pruning.events import Artifact, Note
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

log = logging.getLogger(__name__)

# What they are called, and what their files end in.
EXPORTS = {"onnx": ("ONNX", ".onnx"), "torch_export": ("torch.export", ".pt2")}
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_LONGEST = 200


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

    def written(self, asked: Collection[str], file: Path) -> Iterator[Artifact | Note]:
        """Write ``file`` with a suffix for each format, and name what was written.

        What another program's exporter cannot write is a note: the other files are none the worse.
        """
        exported = {name: self._exported(name, file) for name in EXPORTS if name in asked}
        made = [name for name in asked if not isinstance(exported.get(name), Note)]
        if "safetensors" in asked:
            weights = write_weights(self.lean, with_suffix(file, ".safetensors"))
            yield given(weights, f"{self.name}: weights")
            files = uses(made, self.setup.dataset.shape, file.name)
            told = self.described.model_copy(update={"files": files})
            described = write_description(told, with_suffix(file, ".json"))
            yield given(described, f"{self.name}: description (JSON)")
        yield from exported.values()

    def _exported(self, name: str, file: Path) -> Artifact | Note:
        """The network in a format that runs without the code that defined it."""
        title, suffix = EXPORTS[name]
        dataset = self.setup.dataset
        whole = OnPixels(copy.deepcopy(self.lean).cpu(), dataset.mean, dataset.sd)
        path = with_suffix(file, suffix)
        try:
            if name == "onnx":
                write_onnx(whole, dataset.shape, path, self._about)
            else:
                write_exported(whole, dataset.shape, path)
        # Exporters raise whatever they come upon in a network's code.
        except Exception as error:
            log.warning("%s was not written", path.name, exc_info=True)
            text = f"{self.name}: there is no {title} file, since {reason_of(error)}"
            return Note(level="warning", text=text)
        return given(path, f"{self.name}: {title}")

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
            images=dataset.notes,
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


def reason_of(error: BaseException) -> str:
    """In one line what an error came from, which others may have wrapped."""
    while error.__cause__ is not None:
        error = error.__cause__
    line = _COLOURS.sub("", str(error)).strip().partition("\n")[0]
    return f"{type(error).__name__}: {line}"[:_LONGEST]


def with_suffix(file: Path, suffix: str) -> Path:
    """The file with a suffix, whatever points there are in its name."""
    return file.with_name(file.name + suffix)
