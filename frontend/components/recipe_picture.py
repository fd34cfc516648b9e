"""What a recipe's result looks like, as a small drawing: published points beside measured curves.

Drawn in Python and put into the page as it is, so that a page full of recipes costs no request
and no script.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from dash import html

from frontend.components.attributes import attributes
from frontend.views.base import Look, looks_of
from pruning.events import Cell, TableData
from pruning.recipes.base import Picture, Recipe

_WIDTH, _HEIGHT = 360, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 352, 12, 158
# Words and lines on a light and on a dark card.
_INKS = {"light": ("#5c6370", "#e3e6eb"), "dark": ("#a9b0bc", "#3a3f47")}
_STEPS = (1, 2, 2.5, 5, 10)
_MOST_TICKS = 6

Point = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """One curve: what was measured, and what was published."""

    look: Look
    measured: list[Point]
    published: list[Point]


def recipe_picture(recipe: Recipe, tables: Mapping[str, TableData]) -> html.Figure | None:
    """The picture of a recipe and what its marks mean; None for a recipe that has none."""
    if recipe.picture is None:
        return None
    drawn = curves(recipe, tables)
    said = f"{recipe.picture.title}, {recipe.picture.y_title} against {recipe.picture.x_title}"
    images = [
        html.Img(
            src="data:image/svg+xml," + quote(svg(recipe.picture, drawn, scheme)),
            alt=said,
            width=_WIDTH,
            height=_HEIGHT,
            className=f"only-{scheme}",
        )
        for scheme in _INKS
    ]
    by = recipe.published.by if recipe.published else ""
    words = [html.Strong(recipe.picture.title), _legend(drawn, by)]
    return html.Figure([html.Figcaption(words), *images], className="recipe-picture")


def curves(recipe: Recipe, tables: Mapping[str, TableData]) -> list[Curve]:
    """The curves of a recipe's picture, by what its configuration compares."""
    picture = recipe.picture
    assert picture is not None
    table = tables.get(picture.table)
    measured = _points(picture, _rows(table) if table else [])
    published = recipe.published
    fits = published is not None and published.table == picture.table
    known = _points(picture, published.rows if published and fits else [])
    return [
        Curve(look, measured.get(look.name, []), known.get(look.name, []))
        for look in looks_of(recipe.experiment, recipe.checked_config(), picture.curve)
    ]


def _rows(table: TableData) -> list[dict[str, Cell]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _points(picture: Picture, rows: Iterable[Mapping[str, Cell]]) -> dict[str, list[Point]]:
    """The points of each curve, from left to right."""
    found: dict[str, list[Point]] = {}
    for row in rows:
        x, y = row.get(picture.x), row.get(picture.y)
        fits = all(row.get(name) == value for name, value in picture.where.items())
        if fits and isinstance(x, (int, float)) and isinstance(y, (int, float)):
            found.setdefault(str(row.get(picture.curve)), []).append((float(x), float(y)))
    return {name: sorted(points) for name, points in found.items()}


def _legend(drawn: Sequence[Curve], by: str) -> html.Span:
    names = [_key(curve.look) for curve in drawn]
    if any(curve.published for curve in drawn):
        if any(curve.measured for curve in drawn):
            names.append(html.Span("Measured", className="mark-measured"))
        names.append(html.Span(by.capitalize(), className="mark-published"))
    return html.Span(names, className="recipe-legend")


def _key(look: Look) -> html.Span:
    line = html.Span(
        className="line" if look.dash == "none" else "line dashed",
        style={"--colour": look.colour},
        **attributes(aria_hidden="true"),
    )
    return html.Span([line, look.title])


def svg(picture: Picture, drawn: Sequence[Curve], scheme: str) -> str:
    """The drawing as an SVG document."""
    ink, grid = _INKS[scheme]
    xs, ys = _axes(picture, drawn)
    parts = [*_frame(picture, xs, ys, ink, grid)]
    for curve in drawn:
        parts += _curve(curve, xs, ys)
    if not any(curve.measured or curve.published for curve in drawn):
        middle = f'x="{(_LEFT + _RIGHT) / 2}" y="{(_TOP + _BOTTOM) / 2}" text-anchor="middle"'
        parts.append(f"<text {middle}>Drawn by the first run here</text>")
    style = f'font-family="system-ui,sans-serif" font-size="11" fill="{ink}"'
    box = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} {style}>{"".join(parts)}</svg>'


@dataclass(frozen=True)
class _Axis:
    low: float
    high: float
    start: float
    end: float
    ticks: list[float]
    log: bool = False

    def at(self, value: float) -> float:
        low, high = self.low, self.high
        if self.log:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return round(self.start + (self.end - self.start) * (value - low) / (high - low), 1)


def _axes(picture: Picture, drawn: Sequence[Curve]) -> tuple[_Axis, _Axis]:
    points = [point for curve in drawn for point in (*curve.measured, *curve.published)]
    points = points or [(1.0, 0.0), (100.0 if picture.log else 0.0, 1.0)]
    xs, ys = ([point[i] for point in points] for i in (0, 1))
    low, high, ticks = _nice(min(ys), max(ys))
    y = _Axis(low, high, _BOTTOM, _TOP, ticks)
    if picture.log:
        least, most = (min(xs), max(xs)) if len({*xs}) > 1 else (min(xs) / 2, 2 * max(xs))
        across = _logarithmic(least, most)
        return _Axis(least, most, _LEFT + 8, _RIGHT - 8, across, log=True), y
    left, right, across = _nice(min(xs), max(xs))
    return _Axis(left, right, _LEFT + 8, _RIGHT - 8, across), y


def _nice(low: float, high: float) -> tuple[float, float, list[float]]:
    """Round ends around values, and ticks between them; around one value what shares span."""
    if low == high:
        low, high = min(low, 0.0), max(high, 1.0)
    span = max(high - low, 0.01)
    size = 10 ** math.floor(math.log10(span / 4))
    step = next(s * size for s in _STEPS if span / (s * size) <= _MOST_TICKS - 1)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = [round(index * step, 9) for index in range(first, last + 1)]
    return ticks[0], ticks[-1], ticks


def _logarithmic(low: float, high: float) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [factor * 10.0**decade for decade in decades for factor in (1, 2, 5)]
    return [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]


def _frame(picture: Picture, xs: _Axis, ys: _Axis, ink: str, grid: str) -> list[str]:
    lines = [
        f'<path d="M{_LEFT} {ys.at(tick)}H{_RIGHT}" stroke="{grid}"/>'
        f'<text x="{_LEFT - 6}" y="{ys.at(tick) + 4}" text-anchor="end">'
        f"{_level(picture, tick)}</text>"
        for tick in ys.ticks
    ]
    lines += [
        f'<path d="M{xs.at(tick)} {_BOTTOM}v4" stroke="{ink}"/>'
        f'<text x="{xs.at(tick)}" y="{_BOTTOM + 17}" text-anchor="middle">'
        f"{_tick(picture, tick)}</text>"
        for tick in xs.ticks
    ]
    middle = (_LEFT + _RIGHT) / 2
    down = (_TOP + _BOTTOM) / 2
    return [
        *lines,
        f'<text x="{middle}" y="{_HEIGHT - 6}" text-anchor="middle">'
        f"{escape(picture.x_title)}</text>",
        f'<text transform="translate(11 {down}) rotate(-90)" text-anchor="middle">'
        f"{escape(picture.y_title)}</text>",
    ]


def _share(value: float) -> str:
    return f"{100 * value:g}%"


def _level(picture: Picture, value: float) -> str:
    return _share(value) if picture.percent else f"{value:g}"


def _tick(picture: Picture, value: float) -> str:
    if picture.x == "sparsity":
        return _share(value)
    return f"{value:g}×" if picture.x == "compression" else f"{value:g}"


def _curve(curve: Curve, xs: _Axis, ys: _Axis) -> list[str]:
    look, places = curve.look, [(xs.at(x), ys.at(y)) for x, y in curve.measured]
    line = f'fill="none" stroke="{look.colour}" stroke-width="2" stroke-dasharray="{look.dash}"'
    path = "L".join(f"{x} {y}" for x, y in places)
    return [
        f'<path d="M{path}" {line}/>' if places else "",
        *(f'<circle cx="{x}" cy="{y}" r="2.5" fill="{look.colour}"/>' for x, y in places),
        *(
            f'<circle cx="{xs.at(x)}" cy="{ys.at(y)}" r="5" fill="none" '
            f'stroke="{look.colour}" stroke-width="1.5"/>'
            for x, y in curve.published
        ),
    ]
