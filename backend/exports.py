"""A result in the forms that people take away."""

from __future__ import annotations

import csv
import io

import orjson

from backend.problems import FieldError, Problem
from backend.runs import Runs
from pruning.events import Result
from pruning.experiments.base import result_document


def run_document(runs: Runs, run_id: str, *, live: bool = False) -> bytes:
    """A run's result as JSON; ``live`` adds where in its log the result ends."""
    run = runs.get(run_id)
    result, last_event_id = runs.result(run_id)
    document = result_document(run.experiment, run.config, result)
    # The row is the truth about the state: a waiting run has said nothing yet.
    document |= {"status": run.status, "error": run.error}
    if live:
        document["last_event_id"] = last_event_id
    return orjson.dumps(document)


def table_csv(result: Result, name: str | None) -> tuple[str, str]:
    """The name and the CSV of one table; the name may be left out where there is but one."""
    names = list(result.tables)
    if name is None and len(names) == 1:
        name = names[0]
    if name not in result.tables:
        detail = f"Choose one of the tables {', '.join(names)}." if names else "No table yet."
        field = FieldError(field="table", message=detail, allowed=names)
        raise Problem(422 if names else 404, "There is no such table", detail, [field])
    table = result.tables[name]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return name, text.getvalue()
