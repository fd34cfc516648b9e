"""What a criterion is, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

from pruning.criteria.settings import CriterionSettings
from pruning.registry import Choice, Registry

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from pruning.masks.ranking import Normalisation

    # What a function takes is `Samples`, or `Evidence` where the criterion needs more, and
    # `settings` where the criterion declares some.
    Score = Callable[..., list[Tensor]]

Source = Literal["samples", "weights", "chance"]
Granularity = Literal["weight", "unit"]
Rule = Literal["z_plus", "epsilon", "gamma", "alpha2_beta1"]
# What `Evidence` has and the reference samples of the toy networks do not.
Requirement = Literal[
    "norm_scales", "weight_gradients", "hessian_products", "synaptic_flow", "input_norms"
]
# Where a criterion is offered: for toy networks, for networks on images.
Place = Literal["toy", "images"]
Competition = Literal["layer", "output"]


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
        tensor of shape ``(sets, units)`` per layer. The network is left as it was. None if the
        criterion means nothing for units.
    weights
        ``weights(evidence)`` scores the single weights: one tensor in the shape of each layer's
        weights. None if the criterion means nothing for single weights.
    settings
        What it lets people choose. The functions then take ``settings`` as well, and here have
        their defaults: see :meth:`set`.
    among
        What a single weight competes with: all of its layer, or the inputs of its own output.
    places
        Where it is offered. Elsewhere it is understood, for what is stored, but not shown.
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
    units: Score | None
    weights: Score | None = None
    requires: tuple[Requirement, ...] = ()
    rounds: int = 1
    papers: tuple[str, ...] = ()
    settings: type[CriterionSettings] | None = None
    among: Competition = "layer"
    places: tuple[Place, ...] = ("toy", "images")

    @property
    def granularities(self) -> list[Granularity]:
        """What it can rank."""
        able: dict[Granularity, Score | None] = {"weight": self.weights, "unit": self.units}
        return [granularity for granularity, score in able.items() if score]

    def set(self, settings: CriterionSettings) -> Criterion:
        """The criterion with these settings in place of its defaults."""
        return replace(
            self,
            units=self.units and partial(self.units, settings=settings),
            weights=self.weights and partial(self.weights, settings=settings),
        )

    def score_units(self, samples: Samples) -> list[Tensor]:
        """Score the units; a ``ValueError`` of a criterion that means nothing for them."""
        if self.units is None:
            raise ValueError(f"{self.title} ({self.name}) scores single weights, not units")
        return self.units(samples)

    def score_weights(self, evidence: Samples) -> list[Tensor]:
        """Score the weights; a ``ValueError`` of a criterion that means nothing for them."""
        if self.weights is None:
            raise ValueError(f"{self.title} ({self.name}) scores units, not single weights")
        return self.weights(evidence)


criteria: Registry[Criterion] = Registry("criterion", "pruning.criteria")


def _toy(entry: Criterion) -> bool:
    """Whether the toy networks have what the criterion needs."""
    return "toy" in entry.places and entry.units is not None and not entry.requires


def _images(entry: Criterion) -> bool:
    return "images" in entry.places


CriterionName = Annotated[
    str, Choice(criteria, keep=_images, extra=("granularities",), hidden=True)
]
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
    settings: type[CriterionSettings] | None = None,
    places: tuple[Place, ...] = ("toy", "images"),
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
            settings,
            places=places,
        )
        criteria.add(entry.set(settings()) if settings else entry, units.__module__)
        return units

    return register


def weight_criterion(
    name: str,
    *,
    title: str,
    description: str,
    source: Source = "samples",
    requires: tuple[Requirement, ...] = (),
    papers: tuple[str, ...] = (),
    settings: type[CriterionSettings] | None = None,
    among: Competition = "layer",
) -> Callable[[Score], Score]:
    """Register the decorated function as what scores single weights alone, no units."""

    def register(weights: Score) -> Score:
        entry = Criterion(
            name,
            title,
            description,
            "none",
            source,
            None,
            weights,
            requires,
            papers=papers,
            settings=settings,
            among=among,
            places=("images",),
        )
        criteria.add(entry.set(settings()) if settings else entry, weights.__module__)
        return weights

    return register
