"""Formulas as people write them in papers: a small part of LaTeX, read into a tree.

There are letters, numbers and operators; ``_`` and ``^``; ``\\frac{}{}`` and ``\\sqrt{}``;
``\\left( … \\right)`` around what is as high as what stands in it; ``\\text{}`` for words,
``\\operatorname{}`` for functions, ``\\bar{}`` and ``\\hat{}``; and the signs of :data:`SIGNS`.
What is no part of it is refused, so that a formula that is in the texts can be drawn everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["letter", "number", "operator", "words", "function", "space"]

LETTERS = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "Delta": "Δ",
    "epsilon": "ε",
    "varepsilon": "ε",
    "eta": "η",
    "lambda": "λ",
    "mu": "μ",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "theta": "θ",
    "infty": "∞",
    "ell": "ℓ",
}
OPERATORS = {
    "cdot": "·",
    "times": "×",
    "partial": "∂",
    "le": "≤",
    "ge": "≥",
    "ne": "≠",
    "approx": "≈",
    "sim": "∼",
    "propto": "∝",
    "to": "→",
    "leftarrow": "←",
    "in": "∈",
    "sum": "∑",
    "prod": "∏",
    "pm": "±",
    "mid": "∣",
    "cap": "∩",
    "lceil": "⌈",
    "rceil": "⌉",
    "dots": "…",
    "top": "⊤",
}
FUNCTIONS = ("log", "min", "max", "exp")
SIGNS = {*LETTERS, *OPERATORS, *FUNCTIONS}
_SPACES = {"quad", ","}
_FENCES = {"|": "|", "\\|": "‖", "(": "(", ")": ")", "[": "[", "]": "]"}
_ACCENTS = {"bar": "¯", "hat": "^"}
# What has its limits below and above it, not behind it.
_WITH_LIMITS = {"∑", "∏", "min", "max"}
_TOKEN = re.compile(r"\\[A-Za-z]+|\\[|,%]|\d+(?:\.\d+)?|[A-Za-z]|[-+=<>/|()\[\],;:!_^{}]")


class NotationError(ValueError):
    """A formula that is not written in this notation; the message says where."""


@dataclass(frozen=True)
class Sign:
    """One sign: a letter, a number, an operator, words, the name of a function, a space."""

    text: str
    kind: Kind


@dataclass(frozen=True)
class Row:
    """Parts one behind the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Scripted:
    """A base with something small below it and above."""

    base: Node
    below: Node | None
    above: Node | None

    @property
    def has_limits(self) -> bool:
        """Whether what is small stands under and over the base."""
        return isinstance(self.base, Sign) and self.base.text in _WITH_LIMITS


@dataclass(frozen=True)
class Fraction:
    """One thing over another."""

    over: Node
    under: Node


@dataclass(frozen=True)
class Root:
    """A square root."""

    inside: Node


@dataclass(frozen=True)
class Fenced:
    """Something between two fences that are as high as it is."""

    opening: str
    inside: Node
    closing: str


@dataclass(frozen=True)
class Accented:
    """A letter with a sign over it."""

    base: Node
    accent: str


Node = Sign | Row | Scripted | Fraction | Root | Fenced | Accented


def parse(formula: str) -> Node:
    """Read a formula; a :class:`NotationError` of one that is not written so."""
    reader = _Reader(formula)
    row = reader.row()
    reader.expect_end()
    return row


class _Reader:
    """Reads one token after another."""

    def __init__(self, formula: str) -> None:
        self._formula = formula
        self._tokens = _tokens(formula)
        self._place = 0

    def row(self) -> Node:
        """Parts up to what closes them, which is left where it is, or to the end."""
        parts: list[Node] = []
        while self._next not in ("", "}", "\\right"):
            parts.append(self._scripted())
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def expect_end(self) -> None:
        """Refuse what is left over."""
        if self._next:
            raise self._wrong(f"{self._next!r} closes nothing")

    @property
    def _next(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next
        self._place += 1
        return token

    def _expect(self, token: str) -> None:
        if self._take() != token:
            raise self._wrong(f"{token!r} is missing")

    def _wrong(self, why: str) -> NotationError:
        return NotationError(f"{self._formula}: {why}")

    def _scripted(self) -> Node:
        base = self._atom()
        scripts: dict[str, Node] = {}
        while self._next in ("_", "^"):
            sign = self._take()
            if sign in scripts:
                raise self._wrong(f"two of {sign!r} at one place")
            scripts[sign] = self._atom()
        return Scripted(base, scripts.get("_"), scripts.get("^")) if scripts else base

    def _atom(self) -> Node:
        token = self._take()
        if token == "{":
            inside = self.row()
            self._expect("}")
            return inside
        if token.startswith("\\"):
            return self._command(token[1:])
        if not token or token in "_^":
            raise self._wrong(f"something is missing before {token or 'the end'}")
        return _plain_sign(token)

    def _command(self, name: str) -> Node:
        match name:
            case "frac":
                return Fraction(self._braced(), self._braced())
            case "sqrt":
                return Root(self._braced())
            case "left":
                return self._fenced()
            case "bar" | "hat":
                return Accented(self._braced(), _ACCENTS[name])
        return self._named_sign(name)

    def _named_sign(self, name: str) -> Sign:
        if name.startswith(("text ", "operatorname ")):
            kind, _, words = name.partition(" ")
            return Sign(words, "words" if kind == "text" else "function")
        if name in LETTERS:
            return Sign(LETTERS[name], "letter")
        if name in OPERATORS:
            return Sign(OPERATORS[name], "operator")
        if name in FUNCTIONS:
            return Sign(name, "function")
        if name in _SPACES:
            return Sign(" ", "space")
        if name in ("|", "%"):
            return Sign("‖" if name == "|" else "%", "operator")
        raise self._wrong(f"\\{name} is no sign of this notation")

    def _braced(self) -> Node:
        if self._next != "{":
            raise self._wrong("'{' is missing")
        return self._atom()

    def _fenced(self) -> Fenced:
        opening = self._fence()
        inside = self.row()
        self._expect("\\right")
        return Fenced(opening, inside, self._fence())

    def _fence(self) -> str:
        token = self._take()
        if token not in _FENCES:
            raise self._wrong(f"{token!r} is no fence")
        return _FENCES[token]


def _plain_sign(token: str) -> Sign:
    if token[0].isdigit():
        return Sign(token, "number")
    return Sign(token, "letter") if token.isalpha() else Sign(_minus(token), "operator")


def _minus(token: str) -> str:
    return "−" if token == "-" else token


_WORDS = re.compile(r"\\(text|operatorname)\{([^{}]*)\}")


def _tokens(formula: str) -> Sequence[str]:
    tokens: list[str] = []
    place = 0
    while place < len(formula):
        if formula[place].isspace():
            place += 1
        elif words := _WORDS.match(formula, place):
            tokens.append(f"\\{words[1]} {words[2]}")
            place = words.end()
        elif token := _TOKEN.match(formula, place):
            tokens.append(token[0])
            place = token.end()
        else:
            raise NotationError(f"{formula}: {formula[place]!r} is no sign of this notation")
    return tokens
