"""A criterion as a package: what hardly changes from sample to sample goes first."""

from pruning.criteria.base import criterion


@criterion(
    "spread",
    title="Spread of the output",
    description="The standard deviation of what a unit hands on: one that always says the same "
    "can be replaced by a constant.",
    normalisation="l2",
)
def spread(samples):
    """Score each unit by the standard deviation of its output over the reference samples.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.
    """
    return [output.std(dim=1, correction=0) for output in samples.outputs]
