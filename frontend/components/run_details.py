"""What sets a run of a list apart from others: the settings that have no column there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache

from backend.runs import Run
from frontend.schemas import Schema, changed_values, groups
from pruning.experiments.base import experiments

# They have columns of their own.
_SHOWN = ("dataset", "model", "criteria")


# The fields of a large experiment take as long as all else of a list together. What they call a
# value may change, as datasets and networks come: so long the old word stays.
_KEPT_SECONDS = 5.0


class RunDetails:
    """Details of the runs of one list; the fields of an experiment are kept for a few seconds."""

    def __init__(self) -> None:
        self._moment = int(time.monotonic() / _KEPT_SECONDS)

    def of(self, run: Run) -> str:
        """The settings that differ from their defaults, in words."""
        if run.experiment not in experiments.names():
            return ""
        # Not read as a configuration, which would take longer than all else of a list: each was
        # before it was stored, and a field that came later has its default in the schema.
        values = experiments[run.experiment].config.of_older(run.config)
        return changed_values(values, _fields(run.experiment, self._moment), _SHOWN)


@lru_cache(maxsize=32)
def _fields(experiment: str, _: int) -> Mapping[str, Schema]:
    found = groups(experiments[experiment].config).values()
    return {name: schema for fields in found for name, schema in fields.items()}
