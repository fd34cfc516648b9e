"""What an experiment is: a configuration's type, and what makes events of a configuration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from pydantic import BaseModel

from pruning.context import Context
from pruning.estimates.work import Here, Work
from pruning.events import Event, Progress, Result
from pruning.experiments.layer_widths import LayerWidths
from pruning.experiments.outputs import Facts, Outputs
from pruning.registry import Registry
from pruning.settings import SettingsModel

Queue = Literal["interactive", "training", "parts"]


class ExperimentConfig(SettingsModel):
    """Base of every configuration."""

    def check_files(self) -> None:
        """Check the files that people have brought, as far as this names any.

        Asked once, before a run: a stored one is understood though its files are gone.

        Raises
        ------
        ValidationError
            If one of them cannot be used; made by :func:`pruning.experiments.fields.refused`.
        """

    @classmethod
    def of_older(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Stored values, with what an older version meant where something else is the default now.

        A result says what it was made with, whatever the defaults become.
        """
        return dict(values)


def config_hash(name: str, config: BaseModel) -> str:
    """The first 16 hex digits of the SHA-256 of ``name`` and the canonical JSON of ``config``."""
    canonical = json.dumps(config.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{name}:{canonical}".encode()).hexdigest()[:16]


def result_document(name: str, config: dict[str, Any], result: Result) -> dict[str, Any]:
    """A result with what it is the result of: the form of ``result.json`` everywhere."""
    folded = result.model_dump(mode="json", exclude={"progress", "done_by_part"})
    return {"experiment": name, "config": config, **folded}


Run = Callable[[Any, Context], Iterator[Event]]


@dataclass(frozen=True)
class MainResult:
    """What a result comes to in one line of a table, and a number to sort such lines by."""

    text: str
    value: float


MainResultOf = Callable[[Any, Result], MainResult | None]
FactsOf = Callable[[Any], Facts]
NetworkOf = Callable[[Any], LayerWidths]
WorkOf = Callable[[Any, Here], Work]


def no_facts(_: Any) -> Facts:
    """What is known of the runs of an experiment that has neither data, model nor variants."""
    return Facts()


@dataclass(frozen=True)
class Part:
    """A piece of a divided run that any worker can do.

    Attributes
    ----------
    steps
        How much of the run's progress it is.
    after
        The names of the parts that have to be done before.
    """

    name: str
    steps: int
    after: tuple[str, ...] = ()


RunPart = Callable[[Any, Part, Context], Iterator[Event]]


@dataclass(frozen=True)
class Division:
    """How the runs of an experiment fall into parts.

    Attributes
    ----------
    parts
        ``parts(config)`` lists them; each comes after those that it needs. It knows the
        configuration only, so that it can be asked without torch.
    run_part
        ``run_part(config, part, context)`` yields the events of one part, whose progress counts
        its own steps. It depends on nothing that another part has said.
    """

    parts: Callable[[Any], list[Part]]
    run_part: RunPart

    def run(self, config: Any, context: Context) -> Iterator[Event]:
        """All parts, one after another: what several workers do side by side.

        What one of them leaves in the run's own folder others find, so there always is one.
        """
        with ExitStack() as stack:
            if context.scratch is None:
                folder = stack.enter_context(TemporaryDirectory(prefix="prunelab-"))
                context = replace(context, scratch=Path(folder))
            for part in self.parts(config):
                yield from self.run_one(config, part, context)

    def run_one(self, config: Any, part: Part, context: Context) -> Iterator[Event]:
        """One part, its progress put into that of the whole run."""
        total = sum(each.steps for each in self.parts(config))
        for event in self.run_part(config, part, context):
            if isinstance(event, Progress):
                event = event.model_copy(update={"total": total, "part": part.name})
            yield event


@dataclass(frozen=True)
class Experiment:
    """A kind of study.

    Attributes
    ----------
    queue
        ``interactive`` for what ends within seconds, ``training`` for what holds a device,
        ``parts`` for what is divided.
    config
        The configuration's type.
    run
        ``run(config, context)`` yields the events of one run. It yields often: a run is
        cancelled between two events.
    outputs
        All that it may say of its results.
    facts
        ``facts(config)`` tells what a run is found by.
    division
        How runs are divided among workers, where they are.
    main_result
        ``main_result(config, result)`` tells what a result comes to, from all but its frames; None
        of a result that is not far enough.
    offered
        Whether the form of the workbench offers it to begin with. What needs more than a form can
        say, such as uploaded files, is started elsewhere; its runs are as all others.
    network
        ``network(config)`` tells how wide the one network is that a run is about. Where an
        experiment says so, people may keep masks that they have made by hand with its runs.
    work
        ``work(config, here)`` counts what there is to do, without torch, so that it can be said
        beforehand how long it will take; a :class:`pruning.estimates.work.CannotCountError` where
        that is not known. Without it estimates come from runs of the same configuration alone.
    """

    name: str
    title: str
    description: str
    queue: Queue
    config: type[ExperimentConfig]
    run: Run
    outputs: Outputs
    facts: FactsOf = no_facts
    division: Division | None = None
    main_result: MainResultOf | None = None
    offered: bool = True
    network: NetworkOf | None = None
    work: WorkOf | None = None

    def part(self, config: ExperimentConfig, name: str) -> Part:
        """The part of this name; a LookupError if the configuration has none."""
        parts = self.division.parts(config) if self.division else []
        for part in parts:
            if part.name == name:
                return part
        raise LookupError(f"{self.name} has no part {name!r} with this configuration")


experiments: Registry[Experiment] = Registry("experiment", "pruning.experiments")


def experiment(
    name: str,
    *,
    title: str,
    description: str,
    queue: Queue,
    config: type[ExperimentConfig],
    outputs: Outputs,
    facts: FactsOf = no_facts,
    main_result: MainResultOf | None = None,
    offered: bool = True,
    network: NetworkOf | None = None,
    work: WorkOf | None = None,
) -> Callable[[Run], Run]:
    """Register the decorated function as the experiment ``name``."""

    def register(run: Run) -> Run:
        study = Experiment(
            name,
            title,
            description,
            queue,
            config,
            run,
            outputs,
            facts,
            main_result=main_result,
            offered=offered,
            network=network,
            work=work,
        )
        experiments.add(study, run.__module__)
        return run

    return register


def divided_experiment(
    name: str,
    *,
    title: str,
    description: str,
    config: type[ExperimentConfig],
    parts: Callable[[Any], list[Part]],
    outputs: Outputs,
    facts: FactsOf = no_facts,
    main_result: MainResultOf | None = None,
    work: WorkOf | None = None,
) -> Callable[[RunPart], RunPart]:
    """Register the decorated function as what does one part of the experiment ``name``."""

    def register(run_part: RunPart) -> RunPart:
        division = Division(parts, run_part)
        study = Experiment(
            name,
            title,
            description,
            "parts",
            config,
            division.run,
            outputs,
            facts,
            division,
            main_result,
            work=work,
        )
        experiments.add(study, run_part.__module__)
        return run_part

    return register
