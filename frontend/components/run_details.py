"""What sets a run of a list apart from others: the settings that have no column there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pydantic import ValidationError

from backend.runs import Run
from frontend.schemas import Schema, changed_values, groups
from pruning.experiments.base import experiments

# They have columns of their own.
_SHOWN = ("dataset", "model", "criteria")


class RunDetails:
    """Details of the runs of one list; the fields of an experiment are looked up once for all."""

    def __init__(self) -> None:
        self._fields = cache(_fields)

    def of(self, run: Run) -> str:
        """The settings that differ from their defaults, in words."""
        if run.experiment not in experiments.names():
            return ""
        config = experiments[run.experiment].config
        try:
            checked = config.model_validate(config.of_older(run.config))
        except ValidationError:
            # What an older version took and this one does not is told on the run's page.
            return ""
        values = checked.model_dump(mode="json")
        return changed_values(values, self._fields(run.experiment), _SHOWN)


def _fields(experiment: str) -> Mapping[str, Schema]:
    found = groups(experiments[experiment].config).values()
    return {name: schema for fields in found for name, schema in fields.items()}
