"""Settings that a criterion declares beside its function."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from pruning.settings import SettingsModel


class CriterionSettings(SettingsModel):
    """Base of the settings of one criterion, with a default for every field.

    Form, API and command line show the fields under the criterion, so each has a title and a
    description.
    """

    before: ClassVar[dict[str, Any]] = {}
    """What held before there were settings, where that is not the default."""


BatchNormStatistics = Annotated[
    Literal["eval", "train"],
    Field(
        title="Batch norm",
        description="With the statistics that training has gathered, none before it; or with "
        "those of the samples, at most 128 together, as in training.",
        json_schema_extra={
            "x-choices": [
                {"name": "eval", "title": "Gathered", "description": ""},
                {"name": "train", "title": "Of the samples", "description": ""},
            ]
        },
    ),
]
