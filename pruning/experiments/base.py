"""What an experiment is: its configuration, its context, and how it is carried out."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from pruning.context import Context
from pruning.events import End, Event, Result
from pruning.numbers import parse_list, parse_numbers
from pruning.registry import Registry

log = logging.getLogger(__name__)

Queue = Literal["interactive", "training"]

AsList = BeforeValidator(parse_list)
AsNumbers = BeforeValidator(parse_numbers)


class ExperimentConfig(BaseModel):
    """Base of every configuration: closed, frozen, and checked down to its defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def config_hash(name: str, config: BaseModel) -> str:
    """The first 16 hex digits of the SHA-256 of ``name`` and the canonical JSON of ``config``."""
    canonical = json.dumps(config.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{name}:{canonical}".encode()).hexdigest()[:16]


def result_document(name: str, config: dict[str, Any], result: Result) -> dict[str, Any]:
    """A result with what it is the result of: the form of ``result.json`` everywhere."""
    folded = result.model_dump(mode="json", exclude={"progress"})
    return {"experiment": name, "config": config, **folded}


Run = Callable[[Any, Context], Iterator[Event]]


@dataclass(frozen=True)
class Experiment:
    """A kind of study.

    Attributes
    ----------
    queue
        ``interactive`` for what ends within seconds, ``training`` for what holds a device.
    config
        The configuration's type.
    run
        ``run(config, context)`` yields the events of one run. It yields often: a run is
        cancelled between two events.
    """

    name: str
    title: str
    description: str
    queue: Queue
    config: type[ExperimentConfig]
    run: Run


experiments: Registry[Experiment] = Registry("experiment", "pruning.experiments")


def experiment(
    name: str, *, title: str, description: str, queue: Queue, config: type[ExperimentConfig]
) -> Callable[[Run], Run]:
    """Register the decorated function as the experiment ``name``."""

    def register(run: Run) -> Run:
        experiments.add(Experiment(name, title, description, queue, config, run))
        return run

    return register


def execute(study: Experiment, config: ExperimentConfig, context: Context) -> Iterator[Event]:
    """Carry out ``study`` and end with exactly one :class:`End`, whatever happens."""
    try:
        for event in study.run(config, context):
            yield event
            if context.cancelled():
                yield End(status="cancelled")
                return
    except Exception as error:
        log.exception("the experiment %s failed", study.name)
        yield End(status="failed", error=f"{type(error).__name__}: {error}")
    else:
        yield End(status="done")
