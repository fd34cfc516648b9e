"""What a process lacks to carry out a run that another one may well carry out."""

from __future__ import annotations

from pydantic import ValidationError

from backend.problems import invalid
from backend.store.models import RunRow
from pruning.experiments.base import experiments


def unknown_in(row: RunRow) -> str:
    """What this process does not know of what a run names; nothing if it knows everything.

    An experiment of a plug-in that is not installed here, a dataset or a model that is not there,
    a setting of another version.
    """
    if row.experiment not in experiments.names():
        return (
            f"The experiment {row.experiment} is not installed. Install the plug-in that it "
            "comes with where the workers and the web server run."
        )
    try:
        experiments[row.experiment].config.model_validate(row.config)
    except ValidationError as error:
        return invalid(error).detail
    return ""


def missing_for(row: RunRow) -> str:
    """The same with the files that a run reads: only who carries it out needs them."""
    if unknown := unknown_in(row):
        return unknown
    try:
        experiments[row.experiment].config.model_validate(row.config).check_files()
    except ValidationError as error:
        return invalid(error).detail
    return ""
