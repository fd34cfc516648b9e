"""Points of one's own as the API and the pages see them: list, add, look at, remove."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, Field

from backend.points_preview import FormulaAsked
from backend.problems import FieldError, Problem, not_found, sentence
from pruning.context import CannotRunError
from pruning.data.adding_points import Called, add_formula, add_points
from pruning.data.base import Dataset, datasets
from pruning.data.limits import ImportRefusedError
from pruning.data.names import free_name
from pruning.data.own_points import remove_points
from pruning.data.points_file import check_points_size

log = logging.getLogger(__name__)

# Of what is shown of a dataset.
_SHOWN_PER_CLASS = 100


class PointsDescription(BaseModel):
    """Points in the plane; ``counts`` is empty where any number of them can be drawn."""

    name: str
    title: str
    description: str
    classes: list[str]
    counts: list[int]
    origin: Literal["built-in", "own"]


class FormulaRequest(FormulaAsked):
    """A formula to be kept as a dataset."""

    name: str | None = Field(None, description="What to call it; made of the title unless given.")
    title: str | None = Field(None, description="What people call it.")


class ShownPoints(BaseModel):
    """Some points of a dataset, with the number of each one's class."""

    x: list[float]
    y: list[float]
    label: list[int]


class OwnPoints:
    """The datasets of points of this installation.

    Parameters
    ----------
    data_dir
        The data directory.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def everything(self) -> list[PointsDescription]:
        """All datasets of points, the built-in ones first."""
        return [_described(each) for each in datasets]

    def check_name(self, called: Called) -> None:
        """Check before anything is sent that a name can be had; a 422 says why not."""
        with _refusals("name"):
            if called.name:
                free_name(called.name, self._data_dir)

    def add(self, content: bytes, source: str, called: Called) -> PointsDescription:
        """Keep the points of a CSV; a 422 says what is wrong with it."""
        with _refusals("points"):
            added = add_points(content, source, called, self._data_dir)
        return self._added(added.name)

    def add_formula(self, asked: FormulaRequest) -> PointsDescription:
        """Keep a formula; a 422 says what is wrong with it."""
        called = Called(asked.name, asked.title)
        with _refusals("formula"):
            added = add_formula(asked.formula, asked.classes, called, self._data_dir)
        return self._added(added.name)

    def _added(self, name: str) -> PointsDescription:
        return next(each for each in self.everything() if each.name == name)

    def shown(self, name: str) -> ShownPoints:
        """Some of the points that a network would learn.

        Raises
        ------
        Problem
            404 if there is no such dataset, 409 if its points cannot be read.
        """
        if name not in datasets.names():
            raise not_found(f"dataset of points {name!r}")
        data = datasets[name]
        try:
            points, classes = data.sets(data.noise, 0).training(_SHOWN_PER_CLASS)
        except CannotRunError as error:
            raise Problem(409, "Its points cannot be read", sentence(error)) from error
        starts = np.searchsorted(classes, np.arange(data.classes))
        chosen = np.arange(len(classes)) - starts[classes] < _SHOWN_PER_CLASS
        x, y = points[chosen].T.round(3).tolist()
        return ShownPoints(x=x, y=y, label=classes[chosen].tolist())

    def remove(self, name: str) -> None:
        """Delete points of one's own; a 404 or 409 for what is none."""
        try:
            remove_points(name, self._data_dir)
        except LookupError:
            if name in datasets.names():
                detail = f"{name} is a built-in dataset."
                raise Problem(409, "It cannot be removed", detail) from None
            raise not_found(f"dataset of points {name!r}") from None


def _described(dataset: Dataset) -> PointsDescription:
    return PointsDescription(
        name=dataset.name,
        title=dataset.title,
        description=dataset.description,
        classes=list(dataset.labels),
        counts=list(dataset.counts),
        origin="own" if dataset.content else "built-in",
    )


def check_size(size: int) -> None:
    """Refuse an upload that is too large: a 413."""
    try:
        check_points_size(size)
    except ImportRefusedError as error:
        raise Problem(413, "The file is too large", sentence(error)) from None


@contextmanager
def _refusals(field: str) -> Iterator[None]:
    """Turn what is wrong with points into a problem."""
    try:
        yield
    except ImportRefusedError as error:
        found = FieldError(field=field, message=str(error))
        raise Problem(422, "It cannot be taken", sentence(error), [found]) from error
    except OSError as error:
        log.exception("cannot keep points")
        detail = f"The data directory cannot be written ({error.strerror})."
        raise Problem(507, "It cannot be kept", detail) from error
