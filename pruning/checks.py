"""What every experiment must do, a plug-in's too: hold what it declares; and every penalty.

For the tests of whoever writes one. A check raises an ``AssertionError`` that says what is wrong.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pruning.context import Context, Files
from pruning.events import (
    Artifact,
    Cell,
    End,
    Event,
    Fold,
    Frame,
    Point,
    Progress,
    Result,
    Table,
    fold,
)
from pruning.execution import execute
from pruning.experiments.base import Experiment, ExperimentConfig, MainResult, experiments
from pruning.experiments.outputs import Facts, Format, Outputs, fits
from pruning.penalty_checks import check_penalty
from pruning.recipes.base import recipe_of
from pruning.recipes.published import published_table

__all__ = ["check_experiment", "check_penalty"]

_WITHOUT_TORCH = """
import importlib, json, sys
module, name, configs = json.load(sys.stdin)
importlib.import_module(module)
from pruning.experiments.base import experiments
study = experiments[name]
study.config.model_json_schema()
for config in configs:
    study.facts(study.config.model_validate(config))
sys.exit("torch has been imported" if "torch" in sys.modules else 0)
"""


def check_experiment(name: str, *configs: Mapping[str, Any], files: Files | None = None) -> None:
    """Run an experiment with small configurations and hold its events against its declaration.

    Parameters
    ----------
    configs
        Configurations that take seconds. Together they have to bring everything that the
        experiment declares. Each is carried out twice.
    files
        What other runs gave away, or was uploaded, for those who read such files:
        :attr:`pruning.context.Context.files`.
    """
    study = experiments[name]
    checked = [study.config.model_validate(config) for config in configs]
    _check_importable(study, checked)
    said: list[Event] = []
    for config in checked:
        said += _check_run(study, config, files)
    _check_complete(study.outputs, said)


def _check_run(study: Experiment, config: ExperimentConfig, files: Files | None) -> list[Event]:
    """Carry out one configuration, and check what it says and that it says it again."""
    _check_facts(study.facts(config))
    events = _carried_out(study, config, files)
    _check_progress(events)
    outputs = _with_published(study, config)
    for event in events:
        _check_event(outputs, event)
    _check_fold(events)
    light = fold(events).model_copy(update={"frames": {}})
    _check_main_result(study, config, light)
    again = _carried_out(study, config, files)
    for one, other in zip(_repeatable(outputs, events), _repeatable(outputs, again), strict=False):
        _require(one == other, f"equal configurations say different things: {one} and {other}")
    _require(len(events) == len(again), "equal configurations do not say equally much")
    return events


def _carried_out(study: Experiment, config: ExperimentConfig, files: Files | None) -> list[Event]:
    """The events of a run in folders of its own, with the files that it names."""
    with TemporaryDirectory() as folder:
        data, artifacts, scratch = (Path(folder) / each for each in ("data", "files", "scratch"))
        for each in (data, artifacts, scratch):
            each.mkdir()
        context = Context(data, artifacts=artifacts, scratch=scratch)
        if files:
            context = replace(context, files=files)
        events = list(execute(study, config, context))
        for event in events:
            if isinstance(event, Artifact):
                _check_file(event, artifacts)
    _require(events[-1] == End(status="done"), f"the run does not end well: {events[-1]}")
    return events


def _with_published(study: Experiment, config: ExperimentConfig) -> Outputs:
    """What a run may say; that of a recipe has a table of what was published, too."""
    recipe, own = recipe_of(study, config), study.outputs
    if recipe is None or recipe.published is None:
        return own
    compared = published_table(study, recipe.published)
    return Outputs(own.series, (*own.tables, compared), own.frames)


def _check_importable(study: Experiment, configs: Iterable[ExperimentConfig]) -> None:
    """Its form and its facts are told by the web process, which has no torch."""
    dumped = [config.model_dump(mode="json") for config in configs]
    told = json.dumps([study.config.__module__, study.name, dumped])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", _WITHOUT_TORCH]
    done = subprocess.run(
        command, input=told, env=environment, capture_output=True, text=True, check=False
    )
    _require(done.returncode == 0, f"it cannot be described without torch: {done.stderr}")


def _check_facts(facts: Facts) -> None:
    names = [variant.name for variant in facts.variants]
    _require(len(set(names)) == len(names), f"two variants have one name: {names}")
    _require(not any(", " in name for name in names), f"a variant has a comma in it: {names}")


def _check_main_result(study: Experiment, config: ExperimentConfig, light: Result) -> None:
    if study.main_result is None:
        return
    for result in (Result(), light):
        found = study.main_result(config, result)
        is_one = found is None or isinstance(found, MainResult)
        _require(is_one, f"this is no main result: {found}")


def _check_progress(events: Iterable[Event]) -> None:
    """It never goes back, and reaches its end."""
    folding, last = Fold(), Progress(done=0, total=0)
    for event in events:
        folding.add(event)
        if isinstance(event, Progress) and folding.result.progress:
            progress = folding.result.progress
            _require(last.done <= progress.done, f"progress goes back: {progress}")
            _require(progress.done <= progress.total, f"progress goes too far: {progress}")
            last = progress
    _require(last.total > 0, "there is no progress")
    _require(last.done == last.total, f"progress ends before the run does: {last}")


def _check_event(outputs: Outputs, event: Event) -> None:
    match event:
        case Point():
            _check_point(outputs, event)
        case Table():
            _check_table(outputs, event)
        case Frame():
            _check_frame(outputs, event)


def _check_point(outputs: Outputs, point: Point) -> None:
    series, what = outputs.series_of(point.series, point.labels), f"the series {point.series}"
    if series is None:
        raise AssertionError(f"{what} with the labels {point.labels} is not declared")
    labels = {*series.where, *series.labels}
    _require(point.labels.keys() == labels, f"{what} has the labels {sorted(point.labels)}")
    _require(math.isfinite(point.x) and math.isfinite(point.y), f"{what} has no number: {point}")
    if series.x is not None and series.x.format == "integer":
        _require(point.x == int(point.x), f"{what} has no whole number: {point}")


def _check_table(outputs: Outputs, event: Table) -> None:
    found = [each for each in outputs.tables if each.name == event.name]
    _require(len(found) == 1, f"the table {event.name} is not declared")
    table = found[0]
    _require(event.columns == table.names, f"the table {table.name} has columns {event.columns}")
    _require(event.key == list(table.key), f"the table {table.name} has the key {event.key}")
    keys = []
    for row in event.rows:
        cells = dict(zip(event.columns, row, strict=True))
        keys.append(tuple(cells[name] for name in table.key))
        _require(None not in keys[-1], f"a row of the table {table.name} has no key: {cells}")
        for column in table.columns:
            fitting = _is_written(cells[column.name], column.format)
            _require(fitting, f"{column.name} of the table {table.name} is not {column.format}")
    _require(len(set(keys)) == len(keys), f"the table {table.name} says a row twice at once")


def _is_written(cell: Cell, form: Format) -> bool:
    if cell is None:
        return True
    if form == "text":
        return isinstance(cell, str)
    whole = isinstance(cell, int) and not isinstance(cell, bool)
    return whole or (form not in ("integer", "bytes") and isinstance(cell, float))


def _check_frame(outputs: Outputs, frame: Frame) -> None:
    declared, what = outputs.frame_of(frame.name), f"the frame {frame.name}"
    if declared is None:
        raise AssertionError(f"{what} is not declared")
    _require(declared.at is not None or frame.at == 0, f"{what} has a place: {frame.at}")
    for name, array in frame.arrays.items():
        known = any(fits(each, name) for each in declared.arrays)
        _require(known, f"{what} has an array {name} that is not declared")
        shape = array.numpy().shape
        if name == declared.picture:
            is_picture = len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)
            _require(is_picture, f"{what} has a picture of the shape {shape}")


def _check_file(artifact: Artifact, folder: Path) -> None:
    path = folder / artifact.path
    _require(path.is_file(), f"there is no file {artifact.path}")
    _require(path.stat().st_size == artifact.size, f"{artifact.path} has another size than told")


def _check_fold(events: list[Event]) -> None:
    """A run that was killed and goes on says things again: that changes nothing."""
    wanted = fold(events)
    half = events[: len(events) // 2]
    _require(fold([*half, *events]) == wanted, "what is said again changes the result")
    twice = [event for each in events for event in (each, each)]
    _require(fold(twice) == wanted, "what is said twice changes the result")


def _check_complete(outputs: Outputs, said: list[Event]) -> None:
    """Everything declared has come in one of the runs."""
    points = [event for event in said if isinstance(event, Point)]
    frames = [event for event in said if isinstance(event, Frame)]
    tables = {event.name for event in said if isinstance(event, Table)}
    for series in outputs.series:
        came = any(outputs.series_of(p.series, p.labels) is series for p in points)
        _require(came, f"the series {series.name} {dict(series.where)} never comes")
    for table in outputs.tables:
        _require(table.name in tables, f"the table {table.name} never comes")
    for frame in outputs.frames:
        mine = [each for each in frames if outputs.frame_of(each.name) is frame]
        _require(bool(mine), f"the frame {frame.name} never comes")
        arrays = {name for each in mine for name in each.arrays}
        for pattern in frame.arrays:
            came = any(fits(pattern, name) for name in arrays)
            _require(came, f"the array {pattern} of the frame {frame.name} never comes")


def _repeatable(outputs: Outputs, events: Iterable[Event]) -> Iterator[Any]:
    """The events without what clocks say, and without the sizes of files that tell of it."""
    for event in events:
        match event:
            case Point() if series := outputs.series_of(event.series, event.labels):
                x = None if series.x and series.x.timed else event.x
                yield event.series, x, None if series.y.timed else event.y, event.labels
            case Table():
                timed = {each.name for each in outputs.table(event.name).columns if each.timed}
                rows = (zip(event.columns, row, strict=True) for row in event.rows)
                yield event.name, [[c for n, c in row if n not in timed] for row in rows]
            case Artifact():
                yield event.name, event.media_type, event.path
            case _:
                yield event


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)
