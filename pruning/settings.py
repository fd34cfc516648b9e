"""The base of everything that people set: closed, frozen, and checked down to its defaults."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError


class SettingsModel(BaseModel):
    """A model of settings, in which true is no number, unlike in Python's own arithmetic."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_truth_value(cls, value: Any, info: ValidationInfo) -> Any:
        if _has_truth_value(value) and not _mentions(
            cls.model_fields[str(info.field_name)].annotation
        ):
            raise PydanticCustomError("truth_value", "takes no true or false")
        return value


def _has_truth_value(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(isinstance(each, bool) for each in value)
    return isinstance(value, bool)


def _mentions(annotation: Any) -> bool:
    """Whether truth values belong to a type: ``bool``, ``bool | None``, a list of them."""
    return annotation in (bool, Any) or any(_mentions(part) for part in get_args(annotation))
