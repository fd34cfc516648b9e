"""The word of the glossary that an address names, or the problem why there is no such one."""

from __future__ import annotations

from backend.problems import FieldError, Problem, sentence
from pruning.glossary.entries import Entry
from pruning.glossary.finding import SeveralWordsError, UnknownWordError, found


def word(name: str) -> Entry:
    """The entry of this name, with its kind or without.

    Raises
    ------
    Problem
        404 if nothing is called so, with what is written much like it; 409 if several are.
    """
    try:
        return found(name)
    except SeveralWordsError as error:
        detail = f"{sentence(error)} Ask for one of them with its kind."
        names = [each.name for each in error.entries]
        title = "Several words are called so"
        raise Problem(409, title, detail, [_at_name(error, names)]) from error
    except UnknownWordError as error:
        asked = error.suggestion.capitalize()
        detail = f"There is no word {name!r} in the glossary. {asked}".strip()
        errors = [_at_name(error, error.close)] if error.close else []
        raise Problem(404, "Not found", detail, errors) from error


def _at_name(error: LookupError, names: list[str]) -> FieldError:
    return FieldError(field="name", message=str(error), allowed=names)
