"""The points in the plane that people brought: a folder each, found at every look-up.

A folder holds ``dataset.json`` and, for fixed points, an array that is called by its content: who
has looked the dataset up finds these points there or none, whatever has its name by then.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pruning.context import CannotRunError
from pruning.data.base import Dataset, GeneratedDataset, Labelled, datasets
from pruning.data.fixed_points import FixedDataset
from pruning.data.formula_points import checked_formula, sampler
from pruning.data.limits import NAME_LENGTH, POINTS_CLASSES, ImportRefusedError
from pruning.data.places import data_directory

log = logging.getLogger(__name__)

DESCRIPTION = "dataset.json"
Extent = tuple[tuple[float, float], tuple[float, float]]
_Count = Annotated[int, Field(ge=1)]


class PointsDescription(BaseModel):
    """What is known of points that somebody has brought.

    Attributes
    ----------
    source
        The name of a file, ``drawn``, or a formula.
    classes
        Their names.
    counts
        How many points each class has; empty where a formula draws them.
    content
        A hash of all that decides about the points.
    scaled_from
        From where to where x and y went before they were scaled into the square.
    repeated
        How many points were left out because there are equal ones.
    removed
        Whether the dataset was removed: its description stays for the runs that used it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1, max_length=NAME_LENGTH)
    source: str
    classes: tuple[str, ...] = Field(min_length=2, max_length=POINTS_CLASSES)
    counts: tuple[_Count, ...] = ()
    content: str = Field(pattern="^[0-9a-f]{16}$")
    scaled_from: Extent | None = None
    repeated: int = 0
    removed: bool = False

    @property
    def text(self) -> str:
        """In words, what the points are."""
        if not self.counts:
            return f"Drawn evenly in the square, classes by the formula {self.source}."
        told = [f"{count:,} of class {name}" for name, count in self._named()]
        parts = [f"Fixed points {self._origin}: {', '.join(told)}"]
        return "; ".join([*parts, *changes(self.scaled_from, self.repeated)]) + "."

    @property
    def _origin(self) -> str:
        return "drawn by hand" if self.source == "drawn" else f"of {self.source}"

    def _named(self) -> zip[tuple[str, int]]:
        return zip(self.classes, self.counts, strict=True)


def changes(scaled_from: Extent | None, repeated: int) -> list[str]:
    """In words, what was done to points as they were brought."""
    done = []
    if scaled_from:
        x, y = (f"from {low:.6g} to {high:.6g}" for low, high in scaled_from)
        done.append(f"x {x} and y {y} were scaled into the square")
    if repeated:
        done.append(f"{repeated:,} that came twice were left out")
    return done


def points_folder(data_dir: Path) -> Path:
    """Where points of one's own are."""
    return data_dir / "points"


def own_points_names(data_dir: Path) -> list[str]:
    """The names of those that there are, in alphabetical order."""
    return [name for name, each in described_points(data_dir).items() if not each.removed]


def described_points(data_dir: Path) -> dict[str, PointsDescription]:
    """All that are known by their names, the removed ones, too."""
    paths = sorted(points_folder(data_dir).glob(f"[!.]*/{DESCRIPTION}"))
    found = ((path.parent.name, _described(path)) for path in paths)
    return {name: description for name, description in found if description}


def own_points() -> list[Dataset]:
    """The datasets that there are right now."""
    return [dataset for dataset in _datasets() if not dataset.missing]


def removed_points() -> list[Dataset]:
    """Those that were removed: runs that used them are still to be understood."""
    return [dataset for dataset in _datasets() if dataset.missing]


def remove_points(name: str, data_dir: Path) -> None:
    """Delete the points of a dataset; its description stays for the runs that used it.

    Raises
    ------
    LookupError
        If there are none of that name.
    """
    if name not in own_points_names(data_dir):
        raise LookupError(f"there are no points of your own called {name!r}")
    folder = points_folder(data_dir) / name
    description = described_points(data_dir)[name].model_copy(update={"removed": True})
    draft = folder / f".{DESCRIPTION}"
    draft.write_text(description.model_dump_json(indent=2), encoding="utf-8")
    draft.replace(folder / DESCRIPTION)
    array_path(name, description.content, data_dir).unlink(missing_ok=True)


def array_path(name: str, content: str, data_dir: Path) -> Path:
    """Where fixed points of this content are."""
    return points_folder(data_dir) / name / f"{content}.npy"


def _datasets() -> list[Dataset]:
    data_dir = data_directory()
    if data_dir is None:
        return []
    found = (_dataset(name, each, data_dir) for name, each in described_points(data_dir).items())
    return [dataset for dataset in found if dataset]


def _described(path: Path) -> PointsDescription | None:
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValidationError) as error:
        log.warning("%s cannot be read, so its dataset is left out: %s", path, error)
        return None


@lru_cache(maxsize=256)
def _read(path: Path, _: int) -> PointsDescription:
    """A description, read again when its file is another one."""
    return PointsDescription.model_validate_json(path.read_bytes())


def _dataset(name: str, description: PointsDescription, data_dir: Path) -> Dataset | None:
    found = _fixed(name, description, data_dir) if description.counts else _drawn(name, description)
    return replace(found, missing=_removed(name)) if found and description.removed else found


def _fixed(name: str, description: PointsDescription, data_dir: Path) -> Dataset:
    return FixedDataset(
        name,
        description.title,
        description.text,
        len(description.classes),
        0.0,
        content=description.content,
        class_names=description.classes,
        per_class=description.counts,
        load=partial(_load, name, description.content, data_dir),
    )


@lru_cache(maxsize=256)
def _drawn(name: str, description: PointsDescription) -> Dataset | None:
    try:
        formula, classes = checked_formula(description.source, len(description.classes))
    except ImportRefusedError as error:
        log.warning("the formula of %s cannot be read, so it is left out: %s", name, error)
        return None
    return GeneratedDataset(
        name,
        description.title,
        description.text,
        classes,
        0.0,
        content=description.content,
        sample=sampler(formula, classes),
    )


def _removed(name: str) -> str:
    return f"the dataset {name} was removed; add its points again, or choose another"


def _load(name: str, content: str, data_dir: Path) -> Labelled:
    """The points of a dataset, unless it is another one by now."""
    path = array_path(name, content, data_dir)
    try:
        return _loaded(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise CannotRunError(_removed(name)) from None
    except (OSError, EOFError, ValueError, IndexError) as error:
        raise CannotRunError(
            f"the points of {name} in {path.parent} are damaged; remove and add them again: {error}"
        ) from error


@lru_cache(maxsize=4)
def _loaded(path: Path, _: int) -> Labelled:
    rows = np.load(path, allow_pickle=False)
    points, classes = rows[:, :2].astype(np.float32), rows[:, 2].astype(np.int64)
    for part in (points, classes):
        part.flags.writeable = False
    return points, classes


datasets.add_source(own_points)
datasets.add_removed(removed_points)
