"""What a list of runs shows, sorts and searches by, in columns of their own.

A configuration is JSON whose form only its experiment knows, too slow to look into for thousands
of runs; so what is asked for is written down when a run is stored, and again when its marks change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from backend.store.models import RunRow
from pruning.experiments.base import experiments

# Long enough to be told apart by, short enough for an index.
_LENGTH = 300
_LONGEST = 2400


def describe(row: RunRow) -> RunRow:
    """Fill in the columns that follow from a run's configuration and marks."""
    row.dataset = listed(row.config, "dataset", "datasets")
    row.model = _model(row.config)
    row.criteria = listed(row.config, "criterion", "criteria")
    for name, value in searchable(row, row.title, row.tags).items():
        setattr(row, name, value)
    return row


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


def listed(config: Mapping[str, Any], *names: str) -> str:
    """The first of these settings that there is, several values with commas between them."""
    for name in names:
        value = config.get(name)
        if isinstance(value, list):
            return ", ".join(map(str, value))[:_LENGTH]
        if value is not None:
            return str(value)[:_LENGTH]
    return ""


def _model(config: Mapping[str, Any]) -> str:
    """The model's name; a network that is given by the widths of its layers is told by them."""
    hidden = config.get("hidden")
    if "model" not in config and isinstance(hidden, list):
        return f"mlp {'-'.join(map(str, hidden))}"[:_LENGTH]
    return listed(config, "model")
