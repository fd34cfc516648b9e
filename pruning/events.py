"""What an experiment says while it runs, and how that adds up to a result.

An experiment is a stream of events. The live page, the stored result, the exports and a shared
dashboard are all folds of the same stream, and :func:`fold` is the only place that folds it.

Folding is idempotent: an event that is seen twice (a run that was killed and resumed says some
things again) changes nothing the second time. So every event carries its own key: a point its
series, x and labels; a frame its name and place; a table row the columns named in ``key``.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, FailFast, Field, TypeAdapter

Label = str | int | float
Cell = str | int | float | bool | None
Status = Literal["queued", "running", "done", "failed", "cancelled"]
TERMINAL: frozenset[Status] = frozenset({"done", "failed", "cancelled"})
Item = TypeVar("Item")
# Of a million wrong items the first says enough: an error for each would take all memory.
Items = Annotated[list[Item], FailFast()]
Named = Annotated[dict[str, Item], FailFast()]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Array(_Frozen):
    """A typed array in the form that Plotly reads: base64 of the little-endian bytes.

    Plotly knows all of these types but ``f2``, half precision, which pages decode themselves.
    """

    dtype: Literal["i1", "u1", "i2", "u2", "i4", "u4", "f2", "f4", "f8"]
    bdata: str
    shape: str

    @classmethod
    def of(cls, values: npt.ArrayLike, dtype: str) -> Array:
        """Encode ``values`` as ``dtype``, rounding to the nearest for integer types."""
        array = np.asarray(values)
        if dtype[0] in "iu" and array.dtype.kind == "f":
            array = np.rint(array)
        array = np.ascontiguousarray(array, dtype=np.dtype(dtype).newbyteorder("<"))
        bdata = base64.b64encode(array.tobytes()).decode("ascii")
        return cls(dtype=dtype, bdata=bdata, shape=", ".join(map(str, array.shape)))

    def numpy(self) -> npt.NDArray[Any]:
        """Decode to a numpy array of the shape that was encoded."""
        shape = [int(side) for side in self.shape.split(",") if side.strip()]
        flat = np.frombuffer(base64.b64decode(self.bdata), np.dtype(self.dtype).newbyteorder("<"))
        return flat.reshape(shape)


class Progress(_Frozen):
    """How far the run is, in steps of its own choosing.

    Of a run that is divided, ``done`` counts the steps of one ``part``, ``total`` those of all:
    the run is as far as the sum over its parts.
    """

    kind: Literal["progress"] = "progress"
    done: int
    total: int
    message: str = ""
    part: str = ""


class Point(_Frozen):
    """One more point of a curve; ``labels`` tell the curves of one series apart."""

    kind: Literal["point"] = "point"
    series: str
    x: float
    y: float
    labels: Named[Label] = Field(default_factory=dict)


class Frame(_Frozen):
    """Arrays to be drawn, ``at`` a place of the slider."""

    kind: Literal["frame"] = "frame"
    name: str
    at: float = 0.0
    arrays: Named[Array]


class Table(_Frozen):
    """Rows for a table; a row replaces one with the same values in the ``key`` columns."""

    kind: Literal["table"] = "table"
    name: str
    columns: Items[str]
    key: Items[str]
    rows: Items[Items[Cell]]


class Artifact(_Frozen):
    """A file that the run made; ``path`` is relative to the run's artifacts."""

    kind: Literal["artifact"] = "artifact"
    name: str
    media_type: str
    size: int
    path: str


class Note(_Frozen):
    """Something that a reader of the result should know."""

    kind: Literal["note"] = "note"
    level: Literal["info", "warning", "error"]
    text: str


class End(_Frozen):
    """The last event of every run."""

    kind: Literal["end"] = "end"
    status: Literal["done", "failed", "cancelled"]
    error: str | None = None


Event = Annotated[
    Progress | Point | Frame | Table | Artifact | Note | End, Field(discriminator="kind")
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class SeriesData(BaseModel):
    """The points of one series as columns; ``labels[name][i]`` belongs to ``x[i], y[i]``."""

    x: Items[float] = Field(default_factory=list)
    y: Items[float] = Field(default_factory=list)
    labels: Named[Items[Label | None]] = Field(default_factory=dict)


class FrameData(BaseModel):
    """One frame at one place of the slider."""

    at: float
    arrays: Named[Array]


class TableData(BaseModel):
    """A table as columns and rows."""

    columns: Items[str]
    rows: Items[Items[Cell]] = Field(default_factory=list)


class Result(BaseModel):
    """Everything that a run has said so far."""

    series: Named[SeriesData] = Field(default_factory=dict)
    frames: Named[Items[FrameData]] = Field(default_factory=dict)
    tables: Named[TableData] = Field(default_factory=dict)
    artifacts: Items[Artifact] = Field(default_factory=list)
    notes: Items[Note] = Field(default_factory=list)
    progress: Progress | None = None
    done_by_part: Named[int] = Field(default_factory=dict)
    status: Status = "running"
    error: str | None = None


class Fold:
    """A result that grows by one event at a time."""

    def __init__(self) -> None:
        self.result = Result()
        self._places: dict[tuple[Any, ...], int] = {}

    def add(self, event: Event) -> None:
        """Add one event; one that was added before changes nothing."""
        getattr(self, f"_{event.kind}")(event)

    def _progress(self, event: Progress) -> None:
        parts = self.result.done_by_part
        parts[event.part] = event.done
        self.result.progress = event.model_copy(update={"done": sum(parts.values()), "part": ""})

    def _point(self, event: Point) -> None:
        series = self.result.series.setdefault(event.series, SeriesData())
        key = ("point", event.series, event.x, *sorted(event.labels.items()))
        place = self._places.setdefault(key, len(series.x))
        if place < len(series.x):
            series.y[place] = event.y
            return
        for name in event.labels:
            series.labels.setdefault(name, [None] * len(series.x))
        series.x.append(event.x)
        series.y.append(event.y)
        for name, column in series.labels.items():
            column.append(event.labels.get(name))

    def _frame(self, event: Frame) -> None:
        frames = self.result.frames.setdefault(event.name, [])
        self._put(("frame", event.name, event.at), frames, FrameData(**_fields(event, FrameData)))

    def _table(self, event: Table) -> None:
        table = self.result.tables.setdefault(event.name, TableData(columns=event.columns))
        key = [event.columns.index(name) for name in event.key]
        for row in event.rows:
            self._put(("row", event.name, *(row[i] for i in key)), table.rows, row)

    def _artifact(self, event: Artifact) -> None:
        self._put(("artifact", event.name), self.result.artifacts, event)

    def _note(self, event: Note) -> None:
        self._put(("note", event.level, event.text), self.result.notes, event)

    def _end(self, event: End) -> None:
        self.result.status = event.status
        self.result.error = event.error

    def _put(self, key: tuple[Any, ...], items: list[Any], item: Any) -> None:
        place = self._places.setdefault(key, len(items))
        items[place : place + 1] = [item]


def _fields(event: BaseModel, model: type[BaseModel]) -> dict[str, Any]:
    return {name: getattr(event, name) for name in model.model_fields}


def fold(events: Iterable[Event]) -> Result:
    """Add up events, in order, to the result that they describe."""
    folding = Fold()
    for event in events:
        folding.add(event)
    return folding.result
