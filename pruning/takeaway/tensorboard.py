"""Curves as an event file that TensorBoard reads."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tensorboardX.proto.event_pb2 import Event
from tensorboardX.proto.summary_pb2 import Summary
from tensorboardX.record_writer import RecordWriter

# TensorBoard looks for this in a file's name.
MARK = "tfevents"


class Scalar(NamedTuple):
    """One point of a curve."""

    tag: str
    step: int
    value: float


def write_tensorboard(scalars: Iterable[Scalar], path: Path) -> Path:
    """Write curves as one event file; equal curves give equal files, so no times are in it.

    Parameters
    ----------
    path
        TensorBoard finds a file whose name contains ``tfevents``; another name is refused.
    """
    if MARK not in path.name:
        raise ValueError(f"TensorBoard finds only files with {MARK!r} in their names: {path.name}")
    with closing(RecordWriter(str(path))) as writer:
        writer.write(Event(file_version="brain.Event:2").SerializeToString())
        for tag, step, value in scalars:
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
            writer.write(Event(step=step, summary=summary).SerializeToString())
    return path
