"""The results of several runs as one JSON document."""

from __future__ import annotations

import orjson

from backend.exports import run_document
from backend.runs import Runs
from frontend.sheets.base import Sheet


def results_json(runs: Runs, sheet: Sheet) -> bytes:
    """The results of all runs that are on a sheet."""
    documents = [orjson.Fragment(run_document(runs, run.id)) for run in sheet.runs]
    return orjson.dumps({"title": sheet.title, "runs": documents})
