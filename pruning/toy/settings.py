"""How the toy networks are made, in numbers.

Free of torch, since pages tell of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pruning.training.identity import later

TRAINING_PER_CLASS = 1000
TEST_PER_CLASS = 500
DROPOUT = 0.5
# The steps of a quick training at which a network is remembered, besides the end: ever further
# apart, as ever less happens.
MOMENTS = (0, 20, 40, 60, 80, 120, 160, 220, 300, 400, 600, 900)

TrainingName = Literal["quick", "published"]


@dataclass(frozen=True)
class ToyTraining:
    """How a network is trained; part of the trained network's identity.

    Attributes
    ----------
    steps
        How many in all.
    batch
        Points per step; 0: all of them.
    learning_rate
        At the start; where it is ``narrowed``, of a network that is 100 units wide.
    version
        Raised when training or a dataset changes in a way that no other field says.
    schedule
        Whether the learning rate stays, or falls to zero along half a cosine.
    narrowed
        Whether wider networks take smaller steps: with larger ones they learn the points from few
        minibatches too, but come to depend on fewer units, and any criterion prunes those well.
    precision
        What the factors and results of products between hidden layers are rounded to. Weights,
        sums and momentum have 32 bits, whatever this says.
    """

    steps: int = 1500
    batch: int = 32
    learning_rate: float = 0.05
    momentum: float = 0.9
    version: int = 2
    schedule: Literal["constant", "cosine"] = later("cosine", before="cosine")
    narrowed: bool = later(True, before=True)
    precision: Literal["float32", "bfloat16"] = later("float32", before="float32")

    def learning_rate_of(self, width: int) -> float:
        """The learning rate at the start for a network whose widest layer has ``width`` units."""
        return self.learning_rate * (float((100 / width) ** 0.25) if self.narrowed else 1.0)


TRAININGS: dict[TrainingName, ToyTraining] = {
    "quick": ToyTraining(),
    "published": ToyTraining(
        steps=10_000,
        batch=0,
        learning_rate=0.001,
        schedule="constant",
        narrowed=False,
        precision="bfloat16",
    ),
}
