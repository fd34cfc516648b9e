"""How the curves of several runs are told apart: by a colour, and by dashes and marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.dashboards import By
from frontend.comparing.runs import Line
from frontend.figures.colours import (
    SYMBOLS,
    apart_colour,
    variant_colour,
    variant_symbol,
)
from frontend.figures.panels import Key, Toggle

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
# What stands for a mark in words, in the order of SYMBOLS.
_GLYPHS = "●■◆✚✖▲★▼⬟✶⧗⧓◀▶⯅⯀⯁⬧⯃⬢⬥⯆◥◣"
# What is told by dashes when the colour stands for something else, unless it is known by then.
_REST: dict[By, tuple[By, ...]] = {
    "variant": ("run", "dataset"),
    "dataset": ("variant", "run"),
    "run": ("variant", "dataset"),
}


def default_by(lines: Sequence[Line]) -> By:
    """What the colour had best stand for: what there are several of."""
    if len({_value(line, "variant") for line in lines}) > 1:
        return "variant"
    return "dataset" if len({_value(line, "dataset") for line in lines}) > 1 else "run"


@dataclass(frozen=True)
class Style:
    """What a curve looks like, the toggle that it follows, and what it is called."""

    colour: str
    group: str
    dash: str
    symbol: str
    name: str


class Styles:
    """The styles of all curves of a comparison."""

    def __init__(self, lines: Sequence[Line], by: By) -> None:
        self._by = by
        self._colours = _numbered((_value(line, by),) for line in lines)
        self._variants = {_value(line, by): line.curve.variant for line in lines}
        self._fields = _needed(lines, by)
        self._strokes = _numbered(self._rest(line) for line in lines)
        self._titles = {
            (field, _value(line, field)): _title(line, field)
            for line in lines
            for field in (by, *self._fields)
        }

    def of(self, line: Line) -> Style:
        """The style of one curve."""
        value = _value(line, self._by)
        place = self._strokes[self._rest(line)]
        words = [_title(line, field) for field in ("variant", "run")]
        several = "dataset" in (self._by, *self._fields)
        return Style(
            self._colour(value),
            self._group(value),
            DASHES[place % len(DASHES)],
            self._mark(line, place),
            " · ".join(filter(None, [*words, line.curve.dataset * several, line.curve.detail])),
        )

    @property
    def toggles(self) -> list[Toggle]:
        """One for each colour."""
        return [
            Toggle(self._group(value), self._titles[self._by, value], self._colour(value))
            for (value,) in self._colours
        ]

    @property
    def keys(self) -> list[Key]:
        """What each kind of line stands for; nothing where there is but one."""
        if not self._is_stroked:
            return []
        return [
            Key(f"{_GLYPHS[_symbol(i)]} {self._words(rest)}", None, _stroke(i))
            for rest, i in self._strokes.items()
        ]

    @property
    def _is_stroked(self) -> bool:
        return len(self._strokes) > 1

    def _mark(self, line: Line, place: int) -> str:
        """Tells what dashes tell; where these tell nothing, the variant."""
        by_place = SYMBOLS[_symbol(place)]
        return by_place if self._is_stroked else variant_symbol(line.curve.variant)

    def _rest(self, line: Line) -> tuple[str, ...]:
        return tuple(_value(line, field) for field in self._fields)

    def _words(self, rest: tuple[str, ...]) -> str:
        pairs = zip(self._fields, rest, strict=True)
        return " · ".join(self._titles[pair] for pair in pairs)

    def _group(self, value: str) -> str:
        return f"colour-{self._colours[value,]}"

    def _colour(self, value: str) -> str:
        if self._by == "variant":
            return variant_colour(self._variants[value])
        return apart_colour(self._colours[value,])


def _needed(lines: Sequence[Line], by: By) -> tuple[By, ...]:
    """What dashes have to tell: what colour and other dashes leave open."""
    needed: tuple[By, ...] = ()
    for field in _REST[by]:
        known = (by, *needed)
        told = {tuple(_value(line, each) for each in known) for line in lines}
        apart = {tuple(_value(line, each) for each in (*known, field)) for line in lines}
        needed = (*needed, field) if len(apart) > len(told) else needed
    return needed


def _numbered(values: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    return {value: i for i, value in enumerate(dict.fromkeys(values))}


def _symbol(place: int) -> int:
    """One further with each round, so that a mark does not meet its dash again."""
    return (place + place // len(SYMBOLS)) % len(SYMBOLS)


def _stroke(place: int) -> str:
    return f"stroke-{DASHES[place % len(DASHES)]}"


def _value(line: Line, field: By) -> str:
    match field:
        case "variant":
            return f"{line.curve.variant.kind} {line.curve.variant.name}"
        case "dataset":
            return line.curve.dataset
    return line.of.key


def _title(line: Line, field: By) -> str:
    match field:
        case "variant":
            return line.curve.variant.title
        case "dataset":
            return line.curve.dataset
    return line.of.name
