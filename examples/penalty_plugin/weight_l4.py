"""A penalty as a package: large weights are pulled most, small ones hardly at all."""

from pruning.training.penalties.base import penalty


@penalty("weight_l4", title="L4", description="Times the sum of w⁴ over all weights.")
def weight_l4(trained, factor):
    """Pull every weight towards zero, the largest by far the most."""
    # Only here: forms are made without torch.
    from fourth_powers import FourthPowers

    return FourthPowers(trained.weights, factor)
