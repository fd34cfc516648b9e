"""Making a dataset of points that somebody drew, wrote down, or has a formula for."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pruning.data.base import Dataset, datasets
from pruning.data.formula_points import SIDE, check_shares, checked_formula
from pruning.data.limits import POINTS_PER_CLASS, ImportRefusedError
from pruning.data.names import free_name, made_name, plain_title
from pruning.data.own_points import DESCRIPTION, Extent, PointsDescription, points_folder
from pruning.data.points_file import read_points
from pruning.locks import alone

DRAWN = "drawn"
DRAFT = ".draft-"
# To where points are scaled, and how far they have to reach to be left where they are.
_REACH = 1.25
_LEAST_EXTENT = 1.0
_LETTERS = 200
_SHOWN = 60


class Called(NamedTuple):
    """What a dataset is to be called; made of what it comes from unless given."""

    name: str | None = None
    title: str | None = None


class LaidOut(NamedTuple):
    """Points as a dataset would have them.

    Attributes
    ----------
    rows
        x, y and the number of the class, each row once.
    classes, scaled_from, repeated
        As :class:`pruning.data.own_points.PointsDescription` has them.
    """

    rows: npt.NDArray[np.float64]
    classes: tuple[str, ...]
    scaled_from: Extent | None
    repeated: int

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """The number of each row's class."""
        return self.rows[:, 2].astype(np.int64)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many points each class has."""
        return tuple(np.bincount(self.labels, minlength=len(self.classes)).tolist())


def add_points(content: bytes, source: str, called: Called, data_dir: Path) -> Dataset:
    """Read a CSV and keep its points as a dataset.

    Those that do not lie in the square from -1.5 to 1.5, or reach over less than a third of it,
    are scaled: x and y each by a linear map, so that both go from -1.25 to 1.25. Of points that
    are equal, class and all, one is kept, so that none is in both halves.

    Parameters
    ----------
    source
        The file's name; ``drawn`` for points that were drawn in the square, which stay where they
        are.

    Raises
    ------
    ImportRefusedError
        If it cannot be taken; the message says what to change.
    """
    name, title = _called(called, source, data_dir)
    laid = laid_out(content, source)
    check_counts(laid)
    description = PointsDescription(
        title=title,
        source=source,
        classes=laid.classes,
        counts=laid.counts,
        content=_digest(laid.rows.tobytes()),
        scaled_from=laid.scaled_from,
        repeated=laid.repeated,
    )
    return _keep(name, description, data_dir, laid.rows)


def laid_out(content: bytes, source: str) -> LaidOut:
    """Read a CSV and put its points into the square, as :func:`add_points` does; keep nothing.

    Raises
    ------
    ImportRefusedError
        If it cannot be read; the message names the line.
    """
    brought = read_points(content)
    points, extent = _placed(brought.points, stay=source == DRAWN)
    rows = np.column_stack([points.astype(np.float32), brought.labels]).astype(np.float64)
    kept = np.sort(np.unique(rows, axis=0, return_index=True)[1])
    return LaidOut(rows[kept], brought.classes, extent, len(rows) - len(kept))


def check_counts(laid: LaidOut) -> None:
    """Check that every class has enough points.

    Raises
    ------
    ImportRefusedError
        If one has not; the message says which.
    """
    for name, count in zip(laid.classes, laid.counts, strict=True):
        if count < POINTS_PER_CLASS:
            raise ImportRefusedError(
                f"the class {name} has points at only {count} "
                f"place{'' if count == 1 else 's'}; every class needs "
                f"{POINTS_PER_CLASS}"
            )


def add_formula(text: str, classes: int | None, called: Called, data_dir: Path) -> Dataset:
    """Keep a formula as a dataset that draws points by it.

    Raises
    ------
    ImportRefusedError
        If it cannot be taken; the message says what to change.
    """
    formula, count = checked_formula(text, classes)
    check_shares(formula, count)
    name, title = _called(called, "formula", data_dir, formula.text)
    description = PointsDescription(
        title=title,
        source=formula.text,
        classes=tuple(map(str, range(count))),
        content=_digest(f"{count}:{formula.text}".encode()),
    )
    return _keep(name, description, data_dir)


def _called(called: Called, source: str, data_dir: Path, title: str = "") -> tuple[str, str]:
    """Name and title, checked before anything is read."""
    if len(source) > _LETTERS or not source.isprintable():
        raise ImportRefusedError(f"a file's name has 1 to {_LETTERS} letters that can be shown")
    wanted = called.title or source
    name = free_name(called.name, data_dir) if called.name else made_name(wanted, data_dir)
    words = name.replace("-", " ").replace("_", " ").capitalize()
    return name, plain_title(called.title or title[:_SHOWN] or words)


def _placed(
    points: npt.NDArray[np.float64], *, stay: bool
) -> tuple[npt.NDArray[np.float64], Extent | None]:
    """The points in the square, and from where to where they went if they were scaled."""
    low, high = points.min(axis=0), points.max(axis=0)
    is_inside = bool(np.abs(points).max() <= SIDE)
    if stay and not is_inside:
        raise ImportRefusedError(f"points that are drawn lie in the square from -{SIDE} to {SIDE}")
    if stay or (is_inside and (high - low).max() >= _LEAST_EXTENT):
        return points, None
    # Where all have the same x or y there is nothing to scale.
    half = np.where(high > low, (high - low) / 2, 1.0)
    scaled = (points - (low + high) / 2) / half * _REACH
    (left, bottom), (right, top) = low.tolist(), high.tolist()
    return scaled, ((left, right), (bottom, top))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _keep(
    name: str,
    description: PointsDescription,
    data_dir: Path,
    rows: npt.NDArray[np.float64] | None = None,
) -> Dataset:
    """Write everything to a folder of its own and rename that."""
    folder = points_folder(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=DRAFT, dir=folder) as aside:
        draft = Path(aside) / name
        draft.mkdir()
        if rows is not None:
            np.save(draft / f"{description.content}.npy", rows, allow_pickle=False)
        (draft / DESCRIPTION).write_text(description.model_dump_json(indent=2), encoding="utf-8")
        with alone(folder / ".lock"):
            # Another may have taken the name meanwhile; what a removed one has left goes aside.
            place = folder / free_name(name, data_dir)
            if place.exists():
                place.rename(Path(aside) / ".left")
            draft.rename(place)
    return datasets[name]
