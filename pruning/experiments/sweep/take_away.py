"""What people can take away from a sweep, as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from torch import Tensor, nn

from pruning.evaluation.accuracy import evaluate
from pruning.events import Artifact, Note
from pruning.experiments.sweep.arms import Arm
from pruning.experiments.sweep.baseline import Baseline
from pruning.experiments.sweep.network_files import GivenNetwork
from pruning.experiments.sweep.networks import PrunedNetwork
from pruning.experiments.sweep.setup import Setup
from pruning.experiments.sweep.statistics import Measured
from pruning.takeaway.given import given
from pruning.takeaway.masks import write_masks

# How much accuracy the network that is given away may lose: one point of a hundred.
TOLERANCE = 0.01
# What there is to take away that is a network.
NETWORKS = frozenset(("safetensors", "onnx", "torch_export"))


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
    _best: GivenNetwork | None = None
    _masks: dict[float, dict[str, Tensor]] = field(default_factory=dict)

    def consider(self, pruned: PrunedNetwork, measured: Measured) -> None:
        """Take in one more network; they come by rising sparsity."""
        self._masks[pruned.sparsity] = pruned.kept
        if self.setup.context.artifacts is None or not pruned.sparsity:
            return
        held_out = self._held_out(pruned.lean)
        accuracy = measured.test_accuracy if held_out is None else held_out
        if self._best is None or accuracy >= self._least:
            self._best = GivenNetwork(
                self.setup,
                self.arm,
                self.baseline.trained.seed,
                pruned.sparsity,
                pruned.lean,
                measured,
                held_out,
                "test" if held_out is None else "validation",
            )

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

    def made(self) -> Iterator[Artifact | Note]:
        """Write the files and name each, and say which could not be written."""
        folder = self.setup.context.artifacts
        if folder is None or self._best is None:
            return
        asked = self.setup.config.take_away
        yield from self._best.written(asked, folder / self._best.stem)
        if "masks" in asked:
            stem = f"{self.arm.name}-{self.arm.granularity}"
            masks = write_masks(self._masks, folder / f"{stem}-masks.npz")
            yield given(masks, f"{self.arm.title}: masks at all sparsities")
