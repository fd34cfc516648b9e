"""An experiment for tests of the machine room: it counts, pauses, and fails when told to."""

from __future__ import annotations

import time
from collections.abc import Iterator

from pydantic import Field

from pruning.context import Context
from pruning.events import Array, Artifact, Event, Frame, Progress
from pruning.experiments.base import (
    ExperimentConfig,
    Part,
    divided_experiment,
    experiment,
    experiments,
)
from pruning.experiments.outputs import (
    Column,
    FrameOutput,
    Outputs,
    Quantity,
    Series,
    TableOutput,
)


class CountConfig(ExperimentConfig):
    """How far to count, and where to stumble."""

    steps: int = Field(5, ge=1, le=1000)
    pause: float = Field(0.0, ge=0)
    fail_at: int | None = None


NUMBER, SQUARE = Quantity("number", "number", "integer"), Quantity("square", "its square")
COUNTED = Outputs(
    series=(Series("squares", NUMBER, SQUARE, ("of",)),),
    tables=(
        TableOutput(
            "squares",
            "Squares",
            (Column("n", "Number", "integer"), Column("square", "Square", "integer")),
            key=("n",),
        ),
    ),
    frames=(FrameOutput("number", "Number", {"n": "the number"}, NUMBER),),
)


def count(config: CountConfig, context: Context) -> Iterator[Event]:
    """Say every number in several ways."""
    for step in range(config.steps):
        if step == config.fail_at:
            raise RuntimeError(f"stumbled at {step}")
        time.sleep(config.pause)
        yield Progress(done=step, total=config.steps, message=f"step {step}")
        yield COUNTED.series[0].point(step, step**2, {}, of="numbers")
        yield Frame(name="number", at=step, arrays={"n": Array.of([step], "i4")})
        yield COUNTED.table("squares").row(n=step, square=step**2)


if "count" not in experiments.names():
    experiment(
        "count",
        title="Count",
        description="Counts.",
        queue="interactive",
        config=CountConfig,
        outputs=COUNTED,
    )(count)


class TallyConfig(ExperimentConfig):
    """How many parts count, and which of them stumbles."""

    parts: int = Field(3, ge=1)
    steps: int = Field(2, ge=1)
    pause: float = Field(0.0, ge=0)
    fail_in: int | None = None


def tally_parts(config: TallyConfig) -> list[Part]:
    """One that comes before all others, and one after them."""
    middle = [Part(f"part {i}", config.steps, ("first",)) for i in range(config.parts)]
    after = tuple(part.name for part in middle)
    return [Part("first", 1), *middle, Part("last", 1, after)]


TALLIED = Outputs(
    tables=(
        TableOutput(
            "tally",
            "Tally",
            (Column("part", "Part"), Column("n", "Number", "integer")),
            key=("part", "n"),
        ),
    )
)


def tally(config: TallyConfig, part: Part, context: Context) -> Iterator[Event]:
    """Say a row per step."""
    for step in range(part.steps):
        if part.name == f"part {config.fail_in}":
            raise RuntimeError(f"stumbled in {part.name}")
        time.sleep(config.pause)
        yield TALLIED.table("tally").row(part=part.name, n=step)
        yield Progress(done=step + 1, total=part.steps, message=part.name)


if "tally" not in experiments.names():
    divided_experiment(
        "tally",
        title="Tally",
        description="Counts in parts.",
        config=TallyConfig,
        parts=tally_parts,
        outputs=TALLIED,
    )(tally)


class GiveConfig(ExperimentConfig):
    """What the file holds, and whether the run waits behind it until it is cancelled."""

    text: str = "given"
    wait: bool = False


def give(config: GiveConfig, context: Context) -> Iterator[Event]:
    """Give a file away, unless an attempt before this one has written it."""
    assert context.artifacts
    assert context.scratch
    with (context.scratch / "attempts").open("a") as attempts:
        attempts.write("x")
    file = context.artifacts / "folder" / "file.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_text(config.text)
    yield Artifact(
        name="A file", media_type="text/plain", size=file.stat().st_size, path="folder/file.txt"
    )
    while config.wait:
        context.check()
        time.sleep(0.01)


if "give" not in experiments.names():
    experiment(
        "give",
        title="Give",
        description="Gives a file.",
        queue="interactive",
        config=GiveConfig,
        outputs=Outputs(),
    )(give)
