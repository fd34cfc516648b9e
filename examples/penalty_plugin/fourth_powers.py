"""What the penalty is worth, and its gradient."""

from pruning.training.penalising import Penalty, total


class FourthPowers(Penalty):
    """``factor · Σw⁴``."""

    def value(self):
        """The sum of fourth powers."""
        return self.factor * total([weight.pow(4).sum() for weight in self.weights])

    def add_to(self, gradient, weight):
        """Add four times the cubes."""
        gradient.add_(weight.pow(3), alpha=4 * self.factor)
