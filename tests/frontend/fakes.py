"""Runs that are only remembered, for tests of pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from backend.estimates import RunEstimate
from backend.problems import Problem, not_found
from backend.runs import Run
from pruning.events import Array, Event, Frame, Point, Result, Table, fold
from pruning.experiments.base import experiments

LONG_AGO = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def a_run(run_id: str = "one", **changes: Any) -> Run:
    values: dict[str, Any] = {
        "id": run_id,
        "experiment": "toy",
        "title": "",
        "tags": [],
        "config": experiments["toy"].config().model_dump(mode="json"),
        "config_hash": "0" * 16,
        "status": "done",
        "error": None,
        "cancel_requested": False,
        "attempts": 1,
        "created_at": LONG_AGO,
        "started_at": LONG_AGO,
        "finished_at": LONG_AGO,
    }
    return Run.model_validate(values | changes)


@dataclass(eq=False)
class FakeRuns:
    """What the pages ask of :class:`backend.runs.Runs`."""

    known: list[Run] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)
    trouble: Problem | None = None

    def get(self, run_id: str) -> Run:
        self._stumble()
        found = next((run for run in self.known if run.id == run_id), None)
        if found is None:
            raise not_found(f"run {run_id!r}")
        return found

    def page(self, limit: int = 50, offset: int = 0) -> list[Run]:
        self._stumble()
        return self.known[offset : offset + limit]

    def of_configuration(self, config_hash: str, limit: int = 20) -> list[Run]:
        self._stumble()
        return [run for run in self.known if run.config_hash == config_hash][:limit]

    def result(self, run_id: str) -> tuple[Result, str]:
        return self.results.get(run_id, Result()), "7-0"

    def light_result(self, run_id: str) -> tuple[Result, str]:
        return self.result(run_id)

    def _stumble(self) -> None:
        if self.trouble:
            raise self.trouble


def services(runs: FakeRuns) -> Any:
    hand_masks = SimpleNamespace(of=lambda _: [])
    return SimpleNamespace(
        runs=runs,
        access=SimpleNamespace(is_on=False),
        hand_masks=hand_masks,
        pictures=SimpleNamespace(has=lambda _: False),
        describer=SimpleNamespace(describe_later=lambda _: None),
        estimates=SimpleNamespace(
            asked=lambda *_: RunEstimate.of(None),
            kept=lambda wanted: [RunEstimate.of(None) for _ in wanted],
        ),
    )


def toy_events(criteria: tuple[str, ...] = ("weight", "lrp"), grid: int = 4) -> list[Event]:
    """What a tiny toy run says: two classes, two sparsities."""
    events: list[Event] = [
        _points("points/train", [0.0, 1.0, 2.0, 3.0]),
        _points("points/reference", [0.5, 1.5]),
        Frame(
            name="grid",
            arrays={axis: Array.of([i / 10 for i in range(grid)], "f4") for axis in ("x", "y")},
        ),
        _boundary("unpruned", 0.0, grid, 0, train=4),
    ]
    for seed, name in enumerate(criteria, start=1):
        for at in (0.0, 1 / 3, 0.95):
            events.append(_boundary(name, at, grid, seed + round(10 * at)))
            for scenario, share in (("train", 1.0), ("test", 0.5)):
                y = share * (1 - at / 2)
                labels = {"scenario": scenario}
                events.append(Point(series=f"accuracy/{name}", x=at, y=y, labels=labels))
            row = [name, at, round(300 * at), 1 - at / 2, 0.5]
            columns = ["criterion", "sparsity", "units_removed", "train_accuracy", "test_accuracy"]
            key = ["criterion", "sparsity"]
            events.append(Table(name="accuracy", columns=columns, key=key, rows=[row]))
    for scenario in ("train", "test"):
        labels = {"scenario": scenario}
        events.append(Point(series="accuracy/unpruned", x=0, y=0.9, labels=labels))
    return events


def toy_result() -> Result:
    return fold(toy_events())


def _points(name: str, values: list[float]) -> Frame:
    classes = [i % 2 for i in range(len(values))]
    arrays = {"x": Array.of(values, "f4"), "y": Array.of(values, "f4")}
    return Frame(name=name, arrays=arrays | {"class": Array.of(classes, "u1")})


def _boundary(name: str, at: float, grid: int, seed: int, train: int = 0) -> Frame:
    cells = [[(x + y + seed) % 2 for x in range(grid)] for y in range(grid)]
    sure = [[50 + (7 * x + 3 * y + seed) % 50 for x in range(grid)] for y in range(grid)]
    arrays = {"class": Array.of(cells, "u1"), "confidence": Array.of(sure, "u1")}
    for prefix, count in (("train", train), ("reference", 2)):
        if count:
            arrays[f"{prefix}_class"] = Array.of([seed % 2] * count, "u1")
            arrays[f"{prefix}_confidence"] = Array.of([60 + seed] * count, "u1")
    return Frame(name=f"boundary/{name}", at=at, arrays=arrays)
