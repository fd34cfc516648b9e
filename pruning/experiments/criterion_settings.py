"""What people choose of the criteria of an experiment, beside which they are.

A criterion declares its settings (:class:`pruning.criteria.settings.CriterionSettings`); in a
configuration they are ``criterion_settings``, by the criterion's name. In forms, addresses and on
the command line each is a field of its own: ``grasp.temperature``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from pruning.criteria.base import Criterion, criteria
from pruning.experiments.base import ExperimentConfig

FIELD = "criterion_settings"
Settings = dict[str, dict[str, Any]]


class _Schema:
    """The JSON schema of the settings of all criteria that have some."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        properties = {
            entry.name: {**entry.settings.model_json_schema(), "title": entry.title}
            for entry in criteria
            if entry.settings
        }
        return {"type": "object", "additionalProperties": False, "properties": properties}


CriterionSettingsField = Annotated[
    Settings,
    _Schema(),
    Field(
        title="Settings of the criteria",
        description="By the criterion's name: what some of them let people choose.",
        json_schema_extra={"x-settings-of": "criteria"},
    ),
]


class HasCriterionSettings(ExperimentConfig):
    """A configuration with a field ``criteria``, whose settings it reads and completes.

    It takes them nested or as fields of their own (``"grasp.temperature": 200``), and keeps those
    of the criteria that are chosen, all of them: a result says what it was made with, whatever the
    defaults become.
    """

    def criterion(self, name: str) -> Criterion:
        """A criterion with the settings that this configuration has for it."""
        entry, values = criteria[name], getattr(self, FIELD).get(name)
        if entry.settings is None or values is None:
            return entry
        return entry.set(entry.settings.model_validate(values))

    @classmethod
    def of_older(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Before there were settings, criteria had what they had."""
        if FIELD in values:
            return dict(values)
        known = {entry.name: entry.settings for entry in criteria if entry.settings}
        chosen = [name for name in values.get("criteria", ()) if name in known]
        return {**values, FIELD: {name: dict(known[name].before) for name in chosen}}

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        nested = values.get(FIELD) or {}
        own = {key: value for key, value in values.items() if "." in key}
        if not own or not _are_nested(nested):
            return values
        gathered = {name: dict(settings) for name, settings in nested.items()}
        for key, value in own.items():
            name, _, setting = key.partition(".")
            gathered.setdefault(name, {})[setting] = value
        return {k: v for k, v in values.items() if k not in own} | {FIELD: gathered}

    @model_validator(mode="after")
    def _complete(self) -> Any:
        given = getattr(self, FIELD)
        if unknown := [name for name in given if name not in _with_settings()]:
            known = ", ".join(_with_settings()) or "none"
            raise ValueError(f"{unknown[0]} has no settings; criteria that have some: {known}")
        # A field of the configurations that derive from this one.
        chosen = vars(self)["criteria"]
        complete = {
            name: _checked(name, given.get(name, {})) for name in chosen if criteria[name].settings
        }
        object.__setattr__(self, FIELD, complete)
        return self


def _are_nested(values: Any) -> bool:
    return isinstance(values, Mapping) and all(isinstance(v, Mapping) for v in values.values())


def _with_settings() -> list[str]:
    return [entry.name for entry in criteria if entry.settings]


def _checked(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a criterion; what is wrong with one is said where it was entered."""
    settings = criteria[name].settings
    assert settings
    try:
        return settings.model_validate(dict(values)).model_dump(mode="json")
    except ValidationError as error:
        details = [
            InitErrorDetails(
                type=PydanticCustomError(each["type"], each["msg"], each.get("ctx")),
                loc=(name, *each["loc"]),
                input=each["input"],
            )
            for each in error.errors()
        ]
        raise ValidationError.from_exception_data(name, details) from None
