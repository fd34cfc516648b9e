"""What a criterion is, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

from pruning.registry import Choice, Registry

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from pruning.masks.ranking import Normalisation

    # What a function takes is `Samples`, or `Evidence` where the criterion needs more.
    Score = Callable[[Any], list[Tensor]]

Source = Literal["samples", "weights", "chance"]
Granularity = Literal["weight", "unit"]
Rule = Literal["z_plus", "epsilon", "gamma", "alpha2_beta1"]
# What `Evidence` has and the reference samples of the toy networks do not.
Requirement = Literal["norm_scales", "weight_gradients", "hessian_products", "synaptic_flow"]


class Samples(Protocol):
    """What every criterion may look at, in a toy network and in one for images.

    Each list has one tensor per layer. What is seen per sample has the shape
    ``(sets, n, units)``: of ``sets`` independent sets of ``n`` samples each. In a convolution
    ``a`` has a value at every position; what is made of these is said with each attribute.
    """

    @property
    def sets(self) -> int:
        """How many sets of samples are scored, each for itself."""
        ...

    @property
    def weights(self) -> list[Tensor]:
        """The layers' weights, shape ``(units, …)``."""
        ...

    @property
    def activations(self) -> list[Tensor]:
        """The layers' outputs ``a``, before any activation function: the mean over positions."""
        ...

    @property
    def outputs(self) -> list[Tensor]:
        """How much each unit hands on: the absolute value behind the ReLU, mean over positions.

        Where no activation function follows: of what the layer gives to the next one.
        """
        ...

    @property
    def zeros(self) -> list[Tensor]:
        """The share of positions at which a unit hands on nothing, or less than nothing.

        Behind a ReLU that is zero; where none follows it is what one would make zero.
        """
        ...

    @property
    def gradients(self) -> list[Tensor]:
        """``dL/da`` of each sample's own cross-entropy ``L``, summed over positions."""
        ...

    @property
    def products(self) -> list[Tensor]:
        """``a * dL/da``, summed over positions."""
        ...

    def relevances(self, rule: Rule) -> list[Tensor]:
        """The relevance at each unit, handed down by ``rule``, summed over positions."""
        ...

    @property
    def generators(self) -> Sequence[torch.Generator]:
        """Fresh generators, one per set."""
        ...


@dataclass(frozen=True)
class Criterion:
    """A way to score the units or the single weights of a network; the lowest scores go first.

    Attributes
    ----------
    normalisation
        What each layer's scores of units are divided by before layers are ranked together.
        Scores of single weights are ranked as they are.
    source
        Where the scores come from: the reference samples, the weights alone, or the generators.
    units
        ``units(samples)`` scores the units of every layer, each set of samples for itself: one
        tensor of shape ``(sets, units)`` per layer. The network is left as it was.
    weights
        ``weights(evidence)`` scores the single weights: one tensor in the shape of each layer's
        weights. None if the criterion means nothing for single weights.
    requires
        What it asks for beyond :class:`Samples`.
    rounds
        How many times one pruning scores and removes: more than one for scores that hold only
        while little is removed.
    papers
        Where the criterion comes from, as keys of :mod:`pruning.references`.
    """

    name: str
    title: str
    description: str
    normalisation: Normalisation
    source: Source
    units: Score
    weights: Score | None = None
    requires: tuple[Requirement, ...] = ()
    rounds: int = 1
    papers: tuple[str, ...] = ()

    @property
    def granularities(self) -> list[Granularity]:
        """What it can rank."""
        return ["weight", "unit"] if self.weights else ["unit"]


criteria: Registry[Criterion] = Registry("criterion", "pruning.criteria")


def _toy(entry: Criterion) -> bool:
    """Whether the toy networks have what the criterion needs."""
    return not entry.requires


CriterionName = Annotated[str, Choice(criteria, extra=("granularities",))]
ToyCriterionName = Annotated[str, Choice(criteria, keep=_toy)]


def criterion(
    name: str,
    *,
    title: str,
    description: str,
    normalisation: Normalisation,
    source: Source = "samples",
    weights: Score | None = None,
    requires: tuple[Requirement, ...] = (),
    rounds: int = 1,
    papers: tuple[str, ...] = (),
) -> Callable[[Score], Score]:
    """Register the decorated function as what scores units by the criterion ``name``."""

    def register(units: Score) -> Score:
        entry = Criterion(
            name,
            title,
            description,
            normalisation,
            source,
            units,
            weights,
            requires,
            rounds,
            papers,
        )
        criteria.add(entry, units.__module__)
        return units

    return register
