"""An experiment for tests of the machine room: it counts, pauses, and fails when told to."""

from __future__ import annotations

import time
from collections.abc import Iterator

from pydantic import Field

from pruning.context import Context
from pruning.events import Array, Event, Frame, Point, Progress, Table
from pruning.experiments.base import ExperimentConfig, experiment, experiments


class CountConfig(ExperimentConfig):
    """How far to count, and where to stumble."""

    steps: int = Field(5, ge=1, le=1000)
    pause: float = Field(0.0, ge=0)
    fail_at: int | None = None


def count(config: CountConfig, context: Context) -> Iterator[Event]:
    """Say every number in several ways."""
    for step in range(config.steps):
        if step == config.fail_at:
            raise RuntimeError(f"stumbled at {step}")
        time.sleep(config.pause)
        yield Progress(done=step, total=config.steps, message=f"step {step}")
        yield Point(series="squares", x=step, y=step**2, labels={"of": "numbers"})
        yield Frame(name="number", at=step, arrays={"n": Array.of([step], "i4")})
        yield Table(name="squares", columns=["n", "square"], key=["n"], rows=[[step, step**2]])


if "count" not in experiments.names():
    experiment(
        "count", title="Count", description="Counts.", queue="interactive", config=CountConfig
    )(count)
