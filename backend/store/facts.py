"""What a list of runs shows, sorts and searches by, in columns of their own.

A configuration is JSON whose form only its experiment knows, which tells what a run is found by.
That is written down when the run is stored: asking again for each of thousands would be too slow,
and the experiment may be gone by then.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from backend.store.models import RunRow
from pruning.experiments.base import experiments
from pruning.experiments.outputs import Facts

# Long enough to be told apart by, short enough for an index.
_LENGTH = 300
_LONGEST = 2400


def describe(row: RunRow) -> RunRow:
    """Fill in the columns that follow from a run's configuration and marks."""
    facts = _facts(row)
    row.dataset, row.model = facts.dataset[:_LENGTH], facts.model[:_LENGTH]
    row.criteria = ", ".join(variant.name for variant in facts.variants)[:_LENGTH]
    for name, value in searchable(row, row.title, row.tags).items():
        setattr(row, name, value)
    return row


def _facts(row: RunRow) -> Facts:
    """What the run's experiment says of its configuration; nothing if it is not installed."""
    if row.experiment not in experiments.names():
        return Facts()
    study = experiments[row.experiment]
    try:
        config = study.config.model_validate(row.config)
    except ValidationError:
        # It comes from elsewhere, and names a dataset or a criterion that is not installed here.
        config = study.config.model_construct(**row.config)
    return study.facts(config)


def searchable(row: RunRow, title: str, tags: Iterable[str]) -> dict[str, str]:
    """The columns that follow from a run's title and tags, which can change."""
    study = experiments[row.experiment].title if row.experiment in experiments.names() else ""
    tag_line = "".join(f"\n{tag}" for tag in tags) + "\n"
    words = (title, row.id, row.experiment, study, row.dataset, row.model, row.criteria, *tags)
    return {
        "sort_title": (title or study or row.experiment).lower()[:_LENGTH],
        "tag_line": _cut(tag_line.lower()),
        "search": _cut(" ".join(filter(None, words)).lower()),
    }


def _cut(text: str) -> str:
    """As much of a text as an index of PostgreSQL takes; only the longest tags are longer."""
    return text.encode()[:_LONGEST].decode(errors="ignore")
