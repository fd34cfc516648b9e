"""What a criterion is, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pruning.registry import Choice, Registry

if TYPE_CHECKING:
    import torch

    from pruning.models.mlp import MLP

    Score = Callable[[MLP, torch.Tensor, torch.Tensor, torch.Generator], list[torch.Tensor]]

Normalisation = Literal["sum", "l2", "none"]


@dataclass(frozen=True)
class Criterion:
    """A way to score the hidden units of a network; the lowest scores go first.

    Attributes
    ----------
    score
        ``score(network, x, y, generator)`` returns one tensor of shape ``(units,)`` per hidden
        layer: ``x`` are the reference samples, shape ``(n, inputs)``, and ``y`` their classes,
        shape ``(n,)``. The network is in eval mode and is left as it was.
    normalisation
        What each layer's scores are divided by before layers are ranked together.
    uses_samples
        Whether the reference samples matter.
    paper
        Where the criterion comes from.
    """

    name: str
    title: str
    description: str
    paper: str
    normalisation: Normalisation
    uses_samples: bool
    score: Score


criteria: Registry[Criterion] = Registry("criterion", "pruning.criteria")

CriterionName = Annotated[str, Choice(criteria)]


def criterion(
    name: str,
    *,
    title: str,
    description: str,
    paper: str,
    normalisation: Normalisation,
    uses_samples: bool = True,
) -> Callable[[Score], Score]:
    """Register the decorated function as the criterion ``name``."""

    def register(score: Score) -> Score:
        criteria.add(Criterion(name, title, description, paper, normalisation, uses_samples, score))
        return score

    return register
