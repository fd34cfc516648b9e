"""Criteria that look at the weights alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion, weight_criterion

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.criteria.base import Samples
    from pruning.criteria.evidence.network import Evidence


def _magnitudes(samples: Samples) -> list[Tensor]:
    """``|w|`` of every weight."""
    return [weight.abs() for weight in samples.weights]


@criterion(
    "weight",
    title="Weight magnitude",
    description="The L1 norm of a unit's incoming weights, or |w| of a single weight; looks at no "
    "samples.",
    papers=("li2017", "han2015"),
    normalisation="sum",
    source="weights",
    weights=_magnitudes,
)
def weight(samples: Samples) -> list[Tensor]:
    """Score each unit by the L1 norm of its incoming weights, a weight by ``|w|``.

    Units as in [li2017]_, weights as in [han2015]_.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer; every set scores alike.
    """
    norms = [weight.abs().flatten(1).sum(dim=1) for weight in samples.weights]
    return [norm.expand(samples.sets, -1) for norm in norms]


@criterion(
    "weight_l2",
    title="Weight magnitude, L2",
    description="The L2 norm of a unit's incoming weights, or |w| of a single weight; looks at no "
    "samples.",
    papers=("he2018",),
    normalisation="l2",
    source="weights",
    weights=_magnitudes,
)
def weight_l2(samples: Samples) -> list[Tensor]:
    """Score each unit by the L2 norm of its incoming weights [he2018]_.

    The norm of a single weight is ``|w|``: for these it is the criterion ``weight``.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer; every set scores alike.
    """
    norms = [weight.flatten(1).norm(dim=1) for weight in samples.weights]
    return [norm.expand(samples.sets, -1) for norm in norms]


@weight_criterion(
    "lamp",
    title="LAMP",
    description="How large a weight is beside the larger ones of its layer (layer-adaptive "
    "magnitude): chooses each layer's share of a global sparsity. Within one layer it ranks as "
    "weight magnitude does.",
    source="weights",
    papers=("lee2021",),
)
def lamp(samples: Samples) -> list[Tensor]:
    """Score each weight by ``w² / Σ w'²`` over the layer's weights at least as large [lee2021]_.

    The largest of every layer scores 1, so that ranked globally no layer is emptied. Among equal
    weights the earlier one in the layer counts as the smaller.

    Returns
    -------
    list[Tensor]
        In the shapes of the layers' weights, from 0 to 1, float64: sums of millions of squares.
    """
    return [_lamp(weight) for weight in samples.weights]


def _lamp(weight: Tensor) -> Tensor:
    import torch

    squares = weight.double().square().flatten()
    order = squares.argsort(stable=True)
    ascending = squares[order]
    # Of those at least as large: the sum from each to the end.
    rest = ascending.flip(0).cumsum(0).flip(0)
    scores = torch.zeros_like(squares)
    scores[order] = (ascending / rest).nan_to_num(0.0)
    return scores.view(weight.shape)


@criterion(
    "bn_scale",
    title="Batch norm scale",
    description="The scale that the batch norm behind the layer gives the unit (Network "
    "Slimming); for networks with batch norm behind every layer that is pruned.",
    papers=("liu2017",),
    normalisation="none",
    source="weights",
    requires=("norm_scales",),
)
def bn_scale(evidence: Evidence) -> list[Tensor]:
    """Score each unit by ``|γ|`` of the batch norm that follows its layer [liu2017]_.

    Scales behind normalised values compare between layers as they are.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(1, units)`` per layer.

    Raises
    ------
    ValueError
        If no batch norm with a scale follows a layer.
    """
    scales = []
    for layer, scale in zip(evidence.layers, evidence.norm_scales, strict=True):
        if scale is None:
            raise ValueError(
                f"bn_scale cannot score the layer {layer!r}: no batch norm with a scale follows "
                "it; exclude the layer or take another criterion"
            )
        scales.append(scale.abs()[None])
    return scales


@criterion(
    "geometric_median",
    title="Geometric median",
    description="How far the unit's weights are from those of the layer's other units: what lies "
    "in the middle can be replaced by the rest.",
    papers=("he2019",),
    normalisation="l2",
    source="weights",
)
def geometric_median(samples: Samples) -> list[Tensor]:
    """Score each unit by ``Σ_j ||w - w_j||``, over the units ``j`` of its layer [he2019]_.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer; every set scores alike.
    """
    sums = [_distances(weight.flatten(1)).sum(dim=1) for weight in samples.weights]
    return [distance.expand(samples.sets, -1) for distance in sums]


def _distances(rows: Tensor) -> Tensor:
    import torch

    # Over a matrix product, which is fast, and in double precision, or small distances would lose
    # their digits.
    wide = rows.double()
    return torch.cdist(wide, wide, compute_mode="use_mm_for_euclid_dist").to(rows.dtype)
