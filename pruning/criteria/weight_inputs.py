"""Criteria that look at what the weights multiply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import weight_criterion

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.criteria.evidence.network import Evidence


@weight_criterion(
    "wanda",
    title="Wanda",
    description="|w| times the size of what the weight multiplies (weights and activations). Every "
    "output of a layer loses the same share of its inputs, whatever the scope.",
    papers=("sun2023",),
    requires=("input_norms",),
    among="output",
)
def wanda(evidence: Evidence) -> list[Tensor]:
    """Score each weight by ``|w_ij| * ||x_j||``, ranked among the inputs of its output.

    From [sun2023]_: ``||x_j||`` is the L2 norm, over the samples, of the input that the weight
    multiplies; in a convolution over all positions, too. All inputs are those of the network before
    this pruning, as in the authors' code for images; theirs for language models prunes block after
    block, and looks at what the pruned ones hand on.

    Returns
    -------
    list[Tensor]
        In the shapes of the layers' weights.
    """
    return [w.abs() * norm for w, norm in zip(evidence.weights, evidence.input_norms, strict=True)]
