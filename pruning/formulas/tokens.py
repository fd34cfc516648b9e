"""What a formula is written in: numbers, names and signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MOST_CHARACTERS = 300
NAMES = ("x", "y", "r", "t", "pi", "e")
FUNCTIONS = {
    **dict.fromkeys(("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "sign", "floor"), (1, 1)),
    **dict.fromkeys(("min", "max"), (2, 10)),
}
"""How many arguments each takes, at least and at most."""

WORDS = ("and", "or", "not")
ALLOWED = (
    f"allowed are numbers, {', '.join(NAMES)}, + - * / ^ ( ) , < <= > >=, {', '.join(WORDS)}, and "
    f"{', '.join(FUNCTIONS)}"
)

Kind = Literal["number", "name", "function", "sign", "end"]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d_]+)|(?P<sign>\*\*|<=|>=|[-+*/^(),<>≤≥·×÷−]))"
)
# What people copy from papers and other languages.
_SAME = {"**": "^", "≤": "<=", "≥": ">=", "·": "*", "×": "*", "÷": "/", "−": "-", "π": "pi"}


class FormulaError(ValueError):
    """A formula that cannot be read; the message says what to change.

    Attributes
    ----------
    at
        The place in the text, counted from 0.
    """

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True)
class Token:
    """A piece of a formula and its place, counted from 0."""

    kind: Kind
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """Take a formula apart; the last token is its end.

    Raises
    ------
    FormulaError
        If it is empty or too long, or has anything in it that no formula has.
    """
    if len(text) > MOST_CHARACTERS:
        message = f"a formula has at most {MOST_CHARACTERS} characters, this one has {len(text):,}"
        raise FormulaError(message, MOST_CHARACTERS)
    if not text.strip():
        raise FormulaError("write a formula, such as y > sin(3 x)", 0)
    return [*_found(text), Token("end", "", len(text.rstrip()))]


def _found(text: str) -> Iterator[Token]:
    end, place = len(text.rstrip()), 0
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            place += len(text[place:]) - len(text[place:].lstrip())
            raise FormulaError(f"“{text[place]}” means nothing in a formula; {ALLOWED}", place)
        yield _token(match)
        place = match.end()


def _token(match: re.Match[str]) -> Token:
    kind, found = str(match.lastgroup), match[str(match.lastgroup)]
    at, text = match.start(kind), _SAME.get(found, found)
    if kind == "number":
        return Token("number", text, at)
    if kind == "sign" or text in WORDS:
        return Token("sign", text, at)
    if text in FUNCTIONS:
        return Token("function", text, at)
    if text in NAMES:
        return Token("name", text, at)
    raise FormulaError(f"there is no “{text[:20]}”; {_hint(text)}{ALLOWED}", at)


def _hint(text: str) -> str:
    """Names that were written without a space between them."""
    if text.lower() in (*FUNCTIONS, *NAMES, *WORDS):
        return f"write {text.lower()} in small letters; "
    return f"write {' '.join(text)} for a product; " if set(text) <= {"x", "y", "r", "t"} else ""
