"""What is kept of a run once it has ended."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Sequence

from pydantic import ValidationError

from backend.event_log import Entry, fold_entries, order, pack
from backend.store.models import RunRow
from backend.store.repository import Record
from pruning.events import Result
from pruning.experiments.base import MainResult, experiments

log = logging.getLogger(__name__)


def record_of(row: RunRow, entries: Sequence[Entry]) -> Record:
    """The log of a run and what it adds up to: the result, also without frames, in one line.

    The result is that of ``entries`` in their order, which for a divided run is that of its
    parts; the log is kept in the order in which it was told.
    """
    result = fold_entries(entries)
    light = light_of(result)
    return Record(
        entries[-1].id,
        _packed(result),
        pack(sorted(entries, key=lambda entry: order(entry.id))),
        _packed(light),
        main_result_of(row, light),
    )


def light_of(result: Result) -> Result:
    """A result without its frames."""
    return result.model_copy(update={"frames": {}})


def main_result_of(row: RunRow, result: Result) -> MainResult | None:
    """What the run's experiment says of a result, if it is still there and says anything."""
    if row.experiment not in experiments.names():
        return None
    study = experiments[row.experiment]
    if study.main_result is None:
        return None
    try:
        return study.main_result(study.config.model_validate(row.config), result)
    except ValidationError:
        # It was right when it was submitted: what it names is gone since.
        return None
    except Exception:
        # A plug-in's mistake in one line of a table must not keep a run from ending.
        log.exception("the main result of run %s could not be told", row.id)
        return None


def _packed(result: Result) -> bytes:
    return gzip.compress(result.model_dump_json().encode(), compresslevel=3)
