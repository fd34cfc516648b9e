"""The page of runs with 10,000 of them in the store, against one with none."""

from __future__ import annotations

import math
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, get_args

import httpx2
from sqlalchemy.orm import Session

from backend.endings import record_of
from backend.event_log import Entry, encode
from backend.settings import Settings
from backend.store.engine import make_engine, migrate
from backend.store.facts import describe
from backend.store.listing import Sort
from backend.store.models import RunRecord, RunRow
from backend.store.repository import Record, now
from benchmarks.report import Line, show
from pruning.context import Context
from pruning.execution import execute
from pruning.experiments.base import config_hash, experiments
from tests.servers import running

RUNS = 10_000
REPEATS = 60
WARM_UP = 5
MOST_SECONDS = 0.3
MOST_TIMES = 3.0
COMPARED = 20
# A store that holds little more than the runs to compare: there are none in an empty one.
FEW = 80

# What is asked of the list; the empty store is asked for the same.
ASKED: dict[str, dict[str, Any]] = {
    "the newest": {},
    "a deep page": {"offset": 9_900},
    "an experiment": {"experiment": "sweep"},
    "a dataset": {"dataset": "mnist"},
    "a criterion": {"criteria": "lrp"},
    "a status": {"status": "failed"},
    "a tag": {"tag": "paper"},
    "stars": {"starred": True},
    "a search for what many have": {"search": "lrp toy"},
    "a search for what few have": {"search": "number 471"},
    "a search for what none has": {"search": "nothing like it"},
    "filter, search and sort": {"status": "done", "search": "lrp", "sort": "duration"},
    **{
        f"sorted by {name}, {way}": {"sort": name, "descending": way == "down"}
        for name in get_args(Sort)
        for way in ("up", "down")
    },
}


def main() -> None:
    """Measure everything."""
    with ExitStack() as stack:
        homes = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(3)]
        empty, few, full = homes
        fill(few, FEW)
        # The same chance gives both stores the same first runs.
        known = fill(full, RUNS)
        without, little, url = (stack.enter_context(running(home)) for home in (empty, few, full))
        _lists(without, url, "REST", _rest)
        _lists(without, url, "The page", _page)
        _compare(little, url, known[:COMPARED])


def fill(home: Path, count: int) -> list[str]:
    """Put runs into a new store below ``home``; returns those that can be compared."""
    engine = make_engine(Settings(home=home).database_url)
    migrate(engine)
    chance = random.Random(0)
    rows = [_row(number, chance) for number in range(count)]
    alike = [row for row in rows if row.experiment == "toy"]
    entries = _entries(alike[0])
    whole, end = record_of(alike[0], entries), record_of(alike[0], entries[-1:])
    with Session(engine, expire_on_commit=False) as session, session.begin():
        session.add_all(rows)
        session.flush()
        session.add_all(_record(row, whole if row.experiment == "toy" else end) for row in rows)
    engine.dispose()
    return [row.id for row in alike if row.status == "done"]


def _row(number: int, chance: random.Random) -> RunRow:
    name = chance.choice(("toy", "toy", "sweep", "toy_study"))
    config = experiments[name].config.model_validate(_VARIED[name](chance))
    created = now() - timedelta(minutes=number)
    seconds, share = chance.uniform(1, 4000), chance.random()
    return describe(
        RunRow(
            id=f"{number:012x}",
            experiment=name,
            title=f"Number {number} {chance.choice('abcdefgh')}" if chance.random() < 0.5 else "",
            tags=chance.sample(_TAGS, chance.randrange(3)),
            config=config.model_dump(mode="json"),
            config_hash=config_hash(name, config),
            status=chance.choice(_STATUSES),
            cancel_requested=False,
            attempts=1,
            created_at=created,
            started_at=created,
            finished_at=created + timedelta(seconds=seconds),
            duration=seconds,
            main_result=f"{100 * share:.0f} % of units by lrp at {90 + 9 * share:.1f} %",
            main_value=share,
            starred=chance.random() < 0.05,
        )
    )


_TAGS = ("paper", "baseline", "to check", "seminar", "ablation")
_STATUSES = ("done",) * 8 + ("failed", "cancelled")
_CRITERIA = ("weight", "grad", "taylor", "lrp", "random")
_VARIED: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "toy": lambda chance: {
        "dataset": chance.choice(("moon", "circle", "mult")),
        "criteria": chance.sample(_CRITERIA[:4], chance.randint(1, 4)),
        "train_seed": chance.randrange(1000),
    },
    "toy_study": lambda chance: {"seeds": chance.randint(2, 50)},
    "sweep": lambda chance: {
        "dataset": chance.choice(("digits", "mnist", "fashion_mnist")),
        "criteria": chance.sample(_CRITERIA, chance.randint(1, 5)),
        "seeds": [chance.randrange(1000)],
    },
}


def _entries(row: RunRow) -> list[Entry]:
    """What a real toy run says, once for all of them."""
    study = experiments["toy"]
    smaller = {"hidden": [40, 40], "grid": 20, "sparsities": [0, 0.3, 0.6, 0.9]}
    config = study.config.model_validate(row.config | smaller)
    with tempfile.TemporaryDirectory() as home:
        events = execute(study, config, Context(data_dir=Path(home)))
        return [Entry(f"{place + 1}-0", encode(event)) for place, event in enumerate(events)]


def _record(row: RunRow, record: Record) -> RunRecord:
    return RunRecord(
        run_id=row.id,
        last_event_id=record.last_event_id,
        light=record.light,
        result=record.result,
        events=record.events,
    )


def _lists(without: str, url: str, how: str, ask: Callable[..., None]) -> None:
    lines = []
    for what, asked in ASKED.items():
        empty, full = _p95((without, url), partial(ask, asked=asked))
        lines.append(Line(f"{what}: p95", 1000 * full, "ms", 1000 * MOST_SECONDS))
        lines.append(Line("    against an empty store", full / empty, "×", MOST_TIMES))
    show(f"{how}: a page of 50 of {RUNS:,} runs", lines)


def _rest(client: httpx2.Client, asked: dict[str, Any]) -> None:
    client.get("/api/runs", params=asked).raise_for_status()


def _page(client: httpx2.Client, asked: dict[str, Any]) -> None:
    """What the table on the page asks for when it is filtered, sorted or scrolled."""
    start = asked.get("offset", 0)
    request = {
        "number": 1,
        "startRow": start,
        "endRow": start + 50,
        "sortModel": [_sort(asked)],
        "filterModel": {
            column: {"type": "contains", "filter": asked[name]}
            for name, column in (("dataset", "dataset"), ("criteria", "criteria"), ("tag", "tags"))
            if name in asked
        },
    }
    values = {
        "run-search.value": asked.get("search", ""),
        "run-status.value": [asked["status"]] if "status" in asked else [],
        "run-experiment.value": asked.get("experiment"),
        "run-starred.checked": asked.get("starred", False),
        "run-bin.data": False,
        "run-asked.data": request,
    }
    assert "rowData" in _answer(client, "run-rows.data", values)


def _sort(asked: dict[str, Any]) -> dict[str, str]:
    way = "desc" if asked.get("descending", True) else "asc"
    return {"colId": asked.get("sort", "created"), "sort": way}


def _answer(client: httpx2.Client, output: str, values: dict[str, Any]) -> str:
    """What the callback that gives ``output`` answers, called as the browser does it."""
    spec = _callback(str(client.base_url), output)
    parts = spec["output"].strip(".").split("...")
    places = [part.rpartition(".") for part in parts]
    body = {
        "output": spec["output"],
        "outputs": [{"id": name, "property": value} for name, _, value in places],
        "inputs": [_filled(each, values) for each in spec["inputs"]],
        "state": [_filled(each, values) for each in spec["state"]],
        "changedPropIds": ["{id}.{property}".format(**spec["inputs"][0])],
    }
    answer = client.post("/_dash-update-component", json=body)
    answer.raise_for_status()
    return str(answer.text)


def _filled(place: dict[str, str], values: dict[str, Any]) -> dict[str, Any]:
    return {**place, "value": values["{id}.{property}".format(**place)]}


@cache
def _callback(url: str, output: str) -> dict[str, Any]:
    """How the browser is told to ask for ``output``."""
    specs = httpx2.get(f"{url}/_dash-dependencies").json()
    return next(spec for spec in specs if output in spec["output"].strip(".").split("..."))


def _p95(urls: Sequence[str], ask: Callable[[httpx2.Client], None]) -> list[float]:
    """Seconds for each server, asked by turns: what else the machine does hits all of them."""
    with ExitStack() as stack:
        clients = [stack.enter_context(httpx2.Client(base_url=url)) for url in urls]
        rounds = [[_timed(ask, client) for client in clients] for _ in range(WARM_UP + REPEATS)]
    place = math.ceil(0.95 * REPEATS) - 1
    return [sorted(times)[place] for times in zip(*rounds[WARM_UP:], strict=True)]


def _timed(ask: Callable[[httpx2.Client], None], client: httpx2.Client) -> float:
    start = time.perf_counter()
    ask(client)
    return time.perf_counter() - start


def _compare(little: str, url: str, run_ids: list[str]) -> None:
    """Open a comparison, as the server renders it from results without frames."""
    route = {"path": "/compare", "search": f"?runs={','.join(run_ids)}", "asked": 1}
    few, full = _p95((little, url), partial(_open, route=route))
    lines = [
        Line("p95", 1000 * full, "ms", 1000 * MOST_SECONDS),
        Line(f"against a store of {FEW}", full / few, "×", MOST_TIMES),
    ]
    show(f"Compare: {len(run_ids)} of {RUNS:,} runs", lines)


def _open(client: httpx2.Client, route: dict[str, Any]) -> None:
    assert "accuracy" in _answer(client, "page.children", {"route.data": route})
