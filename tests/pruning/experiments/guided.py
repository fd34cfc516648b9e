"""Quick runs of guided sparsity, for the tests of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from pruning.context import Context
from pruning.data.image_base import image_datasets
from pruning.events import Event, Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.guided_sparsity import measuring
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.outputs import OUTPUTS
from pruning.experiments.guided_sparsity.setup import Setup

GUIDED = experiments["guided_sparsity"]
# 340 images to train on are 6 steps an epoch: some units die, and networks stay good.
QUICK: dict[str, Any] = {
    "epochs": 6,
    "learning_rate": 0.003,
    "training_images": 400,
    "test_images": 100,
    "latency_batch": 8,
    "evaluate_every": 6,
    "threshold": 0.01,
    "l1": "0.002",
    "lasso": "0.02,0.05",
    "lasso_step": "proximal",
    "levels": "0.3,0.6",
    "seeds": "0,1",
}


@pytest.fixture(scope="module", autouse=True)
def hurried() -> Iterator[None]:
    """Each network would be timed for seconds."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(measuring, "_SECONDS", 0.01)
        yield


def config_of(**settings: Any) -> GuidedSparsityConfig:
    return GuidedSparsityConfig.model_validate(QUICK | settings)


def context_of(folder: Path, **settings: Any) -> Context:
    """With folders for what is given away and what lasts as long as the run."""
    places = {name: folder / name for name in ("artifacts", "scratch")}
    for place in places.values():
        place.mkdir(exist_ok=True)
    return Context(folder, **places, **settings)


def carried_out(folder: Path, **settings: Any) -> list[Event]:
    return list(execute(GUIDED, config_of(**settings), context_of(folder)))


def done(folder: Path, **settings: Any) -> Result:
    result = fold(carried_out(folder, **settings))
    assert result.status == "done", result.error
    return result


def rows(result: Result, table: str) -> list[dict[str, Any]]:
    found = result.tables[table]
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def untimed(result: Result) -> dict[str, list[list[Any]]]:
    """All tables without what clocks say; a run that was cut says rows in another order."""
    found = {}
    for name, table in result.tables.items():
        timed = {column.name for column in OUTPUTS.table(name).columns if column.timed}
        kept = [i for i, column in enumerate(table.columns) if column not in timed]
        found[name] = sorted(([row[i] for i in kept] for row in table.rows), key=repr)
    return found


def check_numbers(result: Result) -> None:
    """Nothing in tables or curves is infinite or not a number."""
    for table in result.tables.values():
        for row in table.rows:
            assert not any(isinstance(cell, float) and not math.isfinite(cell) for cell in row)
    for series in result.series.values():
        assert all(map(math.isfinite, [*series.x, *series.y]))


def to_test(seed: int) -> tuple[Tensor, Tensor]:
    """The images to test, normalised, and their classes."""
    splits = setup_of().splits(seed)
    return splits.test.batch(slice(None))


def setup_of() -> Setup:
    loading = image_datasets["digits"].load(Path())
    while True:
        try:
            next(loading)
        except StopIteration as stop:
            return Setup(config_of(), Context(Path()), stop.value)
