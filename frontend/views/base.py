"""The face of an experiment: how its runs are drawn, compared, told of and announced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from backend.hand_mask_model import HandMask
from frontend.figures.colours import variant_colour
from frontend.figures.view import View
from frontend.views.comparable import Comparable
from frontend.views.default import declared_comparable, declared_view
from frontend.views.prose import Sentences
from pruning.events import Result
from pruning.experiments.base import ExperimentConfig, experiments
from pruning.registry import Registry, UnknownNameError


@dataclass(frozen=True)
class Look:
    """How what is compared looks in small, as on the page of a run."""

    name: str
    title: str
    colour: str
    dash: str = "none"


@dataclass(frozen=True)
class MaskFace:
    """What masks that people keep with runs put into common figures.

    Attributes
    ----------
    comparable
        ``comparable(config, masks)`` is what they put there.
    told
        ``told(result, masks)`` is a run's result with what fills that.
    """

    comparable: Callable[[Any, Sequence[HandMask]], Comparable]
    told: Callable[[Result, Sequence[HandMask]], Result]


@dataclass(frozen=True)
class Face:
    """How an experiment shows itself, as far as it says so itself.

    Attributes
    ----------
    name
        The experiment's.
    view
        ``view(config)`` is what is drawn of a run.
    comparable
        ``comparable(config)`` is what runs can put into common figures.
    masks
        The same of masks that are kept with runs, where they can be compared.
    methods
        ``methods(config)`` is what a paper says of a run.
    looks
        ``looks(config, column)`` is how the curves look that a column of its tables tells apart.
    headline, invitation
        What the workbench says before the first run.
    called, main_result
        What a run is called, with its article, and how its main result is to be read.
    """

    name: str
    view: Callable[[Any], View] | None = None
    comparable: Callable[[Any], Comparable] | None = None
    masks: MaskFace | None = None
    methods: Callable[[Any], Sentences] | None = None
    looks: Callable[[Any, str], list[Look]] | None = None
    headline: str = ""
    invitation: str = ""
    called: str = ""
    main_result: str = ""

    @property
    def title(self) -> str:
        """What the experiment is called."""
        return experiments[self.name].title

    @property
    def description(self) -> str:
        """One sentence on the experiment."""
        return experiments[self.name].description


faces: Registry[Face] = Registry("view", "frontend.views")


def face_of(experiment: str) -> Face:
    """The face of an experiment; one that says nothing where it has none of its own."""
    return faces[experiment] if experiment in faces.names() else Face(experiment)


def view_of(experiment: str, config: ExperimentConfig) -> View:
    """The view of a configuration; without one of its own it is made from what is declared."""
    make = face_of(experiment).view
    return make(config) if make else declared_view(experiments[experiment], config)


def view_of_stored(experiment: str, config: dict[str, Any]) -> View:
    """The view of a run from the store; a version or a plug-in that is gone leaves it empty."""
    try:
        return view_of(experiment, experiments[experiment].config.model_validate(config))
    except (UnknownNameError, ValidationError):
        return View()


def comparable_of(experiment: str, config: ExperimentConfig) -> Comparable:
    """What a configuration's runs can put into common figures."""
    declare = face_of(experiment).comparable
    return declare(config) if declare else declared_comparable(experiments[experiment], config)


def comparable_of_stored(
    experiment: str, config: dict[str, Any], masks: Sequence[HandMask] = ()
) -> Comparable:
    """The same of a run from the store; nothing of what is not installed any more.

    ``masks`` are those of the run that are compared, too; of some experiments they cannot be.
    """
    try:
        valid = experiments[experiment].config.model_validate(config)
    except (UnknownNameError, ValidationError):
        return Comparable()
    own, face = comparable_of(experiment, valid), face_of(experiment).masks
    return own.beside(face.comparable(valid, masks)) if masks and face else own


def looks_of(experiment: str, config: ExperimentConfig, column: str) -> list[Look]:
    """How the curves look that a column of an experiment's tables tells apart."""
    looks = face_of(experiment).looks
    if looks:
        return looks(config, column)
    variants = experiments[experiment].facts(config).variants
    return [Look(each.name, each.title, variant_colour(each)) for each in variants]
