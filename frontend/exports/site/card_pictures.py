"""The picture on a page's card: one of its figures, light and dark."""

from __future__ import annotations

from dataclasses import dataclass

from frontend.exports.figures import Drawn, figures_of
from frontend.exports.pictures import light_and_dark
from frontend.figures.panels import Shape
from frontend.sheets.base import Sheet

# Curves fit a card; the wide ones are what an experiment is about.
_TELLING: tuple[Shape, ...] = ("wide", "low", "small")
# In pixels of a page: letters can be read where it is shown.
_WIDTH = 600


@dataclass(frozen=True)
class CardPicture:
    """The paths of a picture, and what is to be seen in it; its size is that on a page."""

    light: str
    dark: str
    title: str
    width: int
    height: int


def card_picture(name: str, sheet: Sheet) -> tuple[CardPicture | None, dict[str, bytes]]:
    """The picture for the page of that name, and its files; None where nothing was drawn."""
    figures = figures_of(sheet)
    if not figures:
        return None, {}
    drawn = min(figures, key=_place)
    width, height = drawn.size
    size = _WIDTH, round(_WIDTH * height / width)
    light, dark = (f"pictures/{name}-{scheme}.png" for scheme in ("light", "dark"))
    picture = CardPicture(light, dark, drawn.title, *size)
    return picture, dict(zip((light, dark), light_and_dark(drawn, size), strict=True))


def _place(drawn: Drawn) -> int:
    """The lower, the more it is wanted; among equals the first."""
    shape = drawn.section.shape
    return _TELLING.index(shape) if shape in _TELLING else len(_TELLING)
