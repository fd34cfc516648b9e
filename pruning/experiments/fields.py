"""Kinds of fields that several configurations have, and how they read what people type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from pruning.numbers import parse_list, parse_numbers

_LEAST_SHARE = 1e-6


def _distinct(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("name each once")
    return names


def _ascending(values: list[Any]) -> list[Any]:
    return sorted(set(values))


def _not_tiny(share: float) -> float:
    if 0 < share < _LEAST_SHARE:
        raise ValueError(f"has to be 0 or at least {_LEAST_SHARE:f}")
    return share


def _number(value: Any) -> Any:
    numbers = parse_numbers(value)
    return numbers[0] if isinstance(numbers, list) and len(numbers) == 1 else value


def _or_none(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip().lower() in ("", "none") else value


def _or_empty(value: Any) -> Any:
    return [] if _or_none(value) is None else value


AsList = BeforeValidator(parse_list)
AsNumbers = BeforeValidator(parse_numbers)
AsNumber = BeforeValidator(_number)
OrNone = BeforeValidator(_or_none)
OrEmpty = BeforeValidator(_or_empty)
Distinct = AfterValidator(_distinct)
Ascending = AfterValidator(_ascending)

Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Width = Annotated[int, Field(ge=1, le=2000)]
# A share that is no weight of any layer would be a place of the slider where nothing differs.
NotTiny = AfterValidator(_not_tiny)
Share = Annotated[float, Field(ge=0, le=0.99), NotTiny]
# More images than any dataset has.
ImageCount = Annotated[int, Field(ge=0, le=10_000_000)]
# Names of layers, also with what is said of each.
Names = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=1000)]

# What was uploaded for runs, in the store of artifacts; it is removed with the last of them.
UPLOAD = r"upload-[0-9a-f]{12}"
Upload = Annotated[Annotated[str, Field(pattern=f"^{UPLOAD}$")] | None, OrNone]


def titled(**titles: str) -> Any:
    """Annotates a literal: what people call each of its values."""
    choices: list[Any] = [{"name": n, "title": t, "description": ""} for n, t in titles.items()]
    return Field(json_schema_extra={"x-choices": choices})


def refused(messages: Mapping[str, str]) -> ValidationError:
    """What is wrong with several fields together, said of the one to change: its message by name.

    For validators of a whole configuration, whose own errors belong to no field.
    """
    errors = [
        InitErrorDetails(
            type=PydanticCustomError("refused", "{message}", {"message": message}),
            loc=(name,),
            input=None,
        )
        for name, message in messages.items()
    ]
    return ValidationError.from_exception_data("settings", errors)
