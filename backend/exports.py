"""A run's result as JSON: for the page, for the API, and to be taken away."""

from __future__ import annotations

import re
from urllib.parse import quote

import orjson

from backend.runs import Runs
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


def attachment(name: str) -> str:
    """The ``Content-Disposition`` of a file to be taken away, whatever letters its name has.

    Headers hold Latin letters only: others are in a second name, which all browsers prefer
    (RFC 6266).
    """
    plain = re.sub(r"[^ !#-\[\]-~]", "_", name)
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"
