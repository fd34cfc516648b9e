"""How the toy networks are made, in numbers.

Free of torch, since pages tell of it.
"""

from __future__ import annotations

from dataclasses import dataclass

TRAINING_PER_CLASS = 1000
TEST_PER_CLASS = 500
DROPOUT = 0.5


@dataclass(frozen=True)
class ToyTraining:
    """How a network is trained; part of the trained network's identity.

    Attributes
    ----------
    steps
        Minibatches in all.
    batch
        Points per minibatch.
    learning_rate
        Of a network that is 100 units wide, at the start; it falls to zero along half a cosine.
        Wider networks take smaller steps: with larger ones they still learn the points, but come
        to depend on fewer units, and any criterion prunes those well.
    version
        Raised when training or a dataset changes in a way that no other field says.
    """

    steps: int = 1500
    batch: int = 32
    learning_rate: float = 0.05
    momentum: float = 0.9
    version: int = 2

    def learning_rate_of(self, width: int) -> float:
        """The learning rate at the start for a network whose widest layer has ``width`` units."""
        return self.learning_rate * float((100 / width) ** 0.25)
