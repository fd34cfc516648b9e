"""What is wrong with what was typed, in words for the fields of a form and for the rest."""

from __future__ import annotations

import re
from collections.abc import Set

import dash_mantine_components as dmc

from backend.problems import FieldError, Problem
from frontend.components.problem import problem_alert


def field_messages(problem: Problem) -> dict[str, str]:
    """What is wrong with each field of the configuration, by its name."""
    messages: dict[str, str] = {}
    for error in problem.errors:
        if field := _field_of(error):
            messages.setdefault(field, error.message)
    return messages


def unmarked(problem: Problem, known: Set[str]) -> dmc.Alert | None:
    """What is wrong with no field on the form, which no mark can say."""
    if problem.errors and set(field_messages(problem)) <= known:
        rest = [error.message for error in problem.errors if not _field_of(error)]
        if not rest:
            return None
        text = ". ".join(f"{message[0].upper()}{message[1:]}" for message in rest)
        problem = Problem(problem.status, "This cannot be run", f"{text}.")
    return problem_alert(problem)


def _field_of(error: FieldError) -> str:
    """The field of the configuration that an error is about; none for what several cause."""
    prefix, _, rest = error.field.partition(".")
    # A message about one of a list is about the list.
    return re.sub(r"(\.\d+)+$", "", rest) if prefix == "config" else ""
