"""What a view is: the figures of an experiment, empty, with bindings that say what fills them.

A trace names the frame or the series that it draws in its ``meta`` (see :mod:`.binding`). The
browser fills traces while events arrive and when the slider moves; exports fill them in Python.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from pruning.experiments.base import ExperimentConfig, experiments
from pruning.numbers import format_numbers
from pruning.registry import UnknownNameError

Figure = dict[str, Any]
Format = Literal["text", "percent", "integer"]


@dataclass(frozen=True)
class Reading:
    """A number shown as text: the value of a series at the slider's place."""

    title: str
    series: str
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Panel:
    """One of several small figures that share colours, axes and the slider."""

    name: str
    title: str
    figure: Figure
    description: str = ""
    colour: str | None = None
    readings: list[Reading] = field(default_factory=list)


@dataclass(frozen=True)
class Toggle:
    """A button that shows and hides the traces of one ``legendgroup``."""

    group: str
    title: str
    colour: str


@dataclass(frozen=True)
class Chart:
    """A figure over the whole width."""

    name: str
    title: str
    figure: Figure
    description: str = ""
    toggles: list[Toggle] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """A column of a table; ``titles`` and ``colours`` are for cells that hold a name."""

    name: str
    title: str
    format: Format = "text"
    titles: dict[str, str] = field(default_factory=dict)
    colours: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TableView:
    """How a table of the result is shown; rows whose ``place`` is the slider's are marked."""

    name: str
    title: str
    columns: list[Column]
    place: str | None = None


@dataclass(frozen=True)
class Scrubber:
    """The slider: its places, in order, what each is called, and where it starts."""

    title: str
    places: list[float]
    labels: list[str]
    start: float


@dataclass(frozen=True)
class Key:
    """One entry of the legend above the panels."""

    title: str
    colour: str | None = None
    symbol: str = "circle"


@dataclass(frozen=True)
class View:
    """Everything that is drawn of one run, its ``summary``, and what sets it apart from others."""

    summary: str = ""
    details: str = ""
    keys: list[Key] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    scrubber: Scrubber | None = None
    charts: list[Chart] = field(default_factory=list)
    tables: list[TableView] = field(default_factory=list)


MakeView = Callable[[Any], View]
_views: dict[str, MakeView] = {}


def view(experiment: str) -> Callable[[MakeView], MakeView]:
    """Register the decorated function as the view of ``experiment``."""

    def register(make: MakeView) -> MakeView:
        _views[experiment] = make
        return make

    return register


def changed(config: ExperimentConfig, besides: set[str]) -> str:
    """Say in words which settings differ from their defaults, leaving some out."""
    differing = {
        field.title or name: getattr(config, name)
        for name, field in type(config).model_fields.items()
        if name not in besides and getattr(config, name) != field.get_default()
    }
    return " · ".join(f"{title} {_written(value)}" for title, value in differing.items())


def _written(value: Any) -> str:
    is_numbers = isinstance(value, list) and all(isinstance(item, (int, float)) for item in value)
    return format_numbers(value) if is_numbers else str(value)


def view_of_stored(experiment: str, config: dict[str, Any]) -> View:
    """The view of a run from the store; a version or a plug-in that is gone leaves it empty."""
    try:
        study = experiments[experiment]
        return view_of(experiment, study.config.model_validate(config))
    except (UnknownNameError, ValidationError):
        return View()


def view_of(experiment: str, config: ExperimentConfig) -> View:
    """The view of a configuration; an experiment without a view has an empty one."""
    package = importlib.import_module("frontend.views")
    for module in pkgutil.iter_modules(package.__path__, "frontend.views."):
        importlib.import_module(module.name)
    make = _views.get(experiment)
    return make(config) if make else View()
