"""What a criterion is, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pruning.registry import Choice, Registry

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.toy.samples import ReferenceSamples

    Score = Callable[[ReferenceSamples], list[Tensor]]

Normalisation = Literal["sum", "l2", "none"]
Source = Literal["samples", "weights", "chance"]


@dataclass(frozen=True)
class Criterion:
    """A way to score the hidden units of a network; the lowest scores go first.

    Attributes
    ----------
    score
        ``score(samples)`` scores the hidden units of ``samples.network``, each set of reference
        samples for itself: one tensor of shape ``(sets, units)`` per hidden layer. The network
        is left as it was.
    normalisation
        What each layer's scores are divided by before layers are ranked together.
    source
        Where the scores come from: the reference samples, the weights alone, or the generators.
    paper
        Where the criterion comes from.
    """

    name: str
    title: str
    description: str
    paper: str
    normalisation: Normalisation
    source: Source
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
    source: Source = "samples",
) -> Callable[[Score], Score]:
    """Register the decorated function as the criterion ``name``."""

    def register(score: Score) -> Score:
        criteria.add(Criterion(name, title, description, paper, normalisation, source, score))
        return score

    return register
