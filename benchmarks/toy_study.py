"""The full toy study against one process per pruning, and against what its arithmetic needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.arithmetic import matmul_rate, multiply_adds
from benchmarks.report import Line, middle, show
from pruning.context import Context
from pruning.data.base import datasets
from pruning.events import Fold, Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.toy.networks import ToyNetworkSpec

Cell = tuple[str, str, int, int]
STUDY = experiments["toy_study"]
# The published prunings, of networks that are trained quickly: training is not measured.
PUBLISHED = ToyStudyConfig()
PRUNINGS = 4800
FASTER = 300
OVER_ARITHMETIC = 2
# Ten of the 4,800, over all that they differ in: dataset, criterion, samples per class, seed.
SAMPLE = [
    ("moon", "weight", 1, 0),
    ("moon", "grad", 10, 1),
    ("moon", "taylor", 50, 2),
    ("moon", "lrp", 200, 3),
    ("circle", "grad", 2, 4),
    ("circle", "taylor", 20, 5),
    ("circle", "lrp", 5, 6),
    ("mult", "taylor", 100, 7),
    ("mult", "lrp", 10, 8),
    ("mult", "weight", 200, 9),
]


def main() -> None:
    """Measure both in one run, on networks that are trained already."""
    with tempfile.TemporaryDirectory() as folder:
        context = Context(Path(folder))
        _train(context)
        # Around the study, so that a machine that gets busier does so for both.
        rate, before = matmul_rate(), _processes(context, SAMPLE[:6])
        seconds, result = _study(context)
        after = _processes(context, SAMPLE[6:])
        needed = _counted(context) / middle([rate, matmul_rate()])
    _check(SAMPLE, before[1] + after[1], result)
    alone = (before[0] + after[0]) / len(SAMPLE)
    show(
        f"The full toy study: {PRUNINGS:,} prunings of 3 networks of 3,000 hidden units",
        [
            Line("one process per pruning, each, as many at a time as cores", alone, "s"),
            Line("extrapolated to all of them", PRUNINGS * alone, "s"),
            Line("the study, one process", seconds, "s"),
            Line("faster", PRUNINGS * alone / seconds, "×", at_least=FASTER),
            Line("its multiply-adds at the rate of this machine's matrix products", needed, "s"),
            Line("over the arithmetic", seconds / needed, "×", at_most=OVER_ARITHMETIC),
        ],
    )


def _train(context: Context) -> None:
    for part in STUDY.division.parts(PUBLISHED) if STUDY.division else []:
        if part.name.endswith("/network"):
            _exhaust(execute(STUDY, PUBLISHED, context, part))


def _exhaust(events: Iterable[Any]) -> None:
    for _ in events:
        pass


def _processes(context: Context, cells: Sequence[Cell]) -> tuple[float, list[list[float]]]:
    """Seconds for all of the cells, and the accuracies that they print."""
    start = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda cell: _process(context, *cell), cells))
    return time.perf_counter() - start, found


def _process(context: Context, dataset: str, *cell: str | int) -> list[float]:
    spec = ToyNetworkSpec(
        dataset, datasets[dataset].noise, tuple(PUBLISHED.hidden), PUBLISHED.train_seed
    )
    command = [sys.executable, "-m", "benchmarks.one_process"]
    arguments = [spec.path(context.data_dir), dataset, *cell]
    done = subprocess.run(
        [*command, *map(str, arguments)],
        # A thread for each: with more they would wait for each other's cores.
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    accuracies: list[float] = json.loads(done.stdout)
    return accuracies


def _study(context: Context) -> tuple[float, Result]:
    folding = Fold()
    start = time.perf_counter()
    for event in execute(STUDY, PUBLISHED, context):
        folding.add(event)
    return time.perf_counter() - start, folding.result


def _check(cells: Sequence[Cell], processes: Sequence[list[float]], result: Result) -> None:
    """Both have pruned the same: a faster computation of something else would be worth nothing."""
    for (dataset, criterion, count, seed), alone in zip(cells, processes, strict=True):
        frames = {frame.at: frame for frame in result.frames[f"{dataset}/accuracies"]}
        for scenario, accuracy in zip(("train", "test"), alone, strict=True):
            studied = frames[count].arrays[f"{criterion}/{scenario}"].numpy()[seed]
            assert abs(studied - accuracy) < 0.005, (dataset, criterion, count, seed, scenario)


def _counted(context: Context) -> float:
    """The multiply-adds of the study, from few seeds: all but a constant grows with them."""
    few, more = (multiply_adds(partial(_done, context, seeds)) for seeds in (2, 4))
    return few + (more - few) / 2 * (PUBLISHED.seeds - 2)


def _done(context: Context, seeds: int) -> None:
    config = PUBLISHED.model_copy(update={"seeds": seeds})
    result = fold(execute(STUDY, config, context))
    assert result.status == "done", result.error
