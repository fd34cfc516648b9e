"""All files of a website, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.problems import Problem
from backend.services import Services
from frontend.exports.browser import browser
from frontend.exports.site.card_pictures import CardPicture, card_picture
from frontend.exports.site.index import index_html
from frontend.exports.site.live_page import INDEX, page_files
from frontend.exports.site.pages import SitePage
from frontend.exports.site.shared import shared
from frontend.sheets.opening import sheet_of

TITLE = "Pruning results"


@dataclass(frozen=True)
class Made:
    """A part of a website that is there now: a page, or what is around all of them."""

    page: SitePage | None
    files: dict[str, bytes]


def why_without_pictures() -> str:
    """Why a site made here would have no pictures, or nothing."""
    try:
        browser()
    except Problem as problem:
        return problem.detail
    return ""


def made(services: Services, pages: Sequence[SitePage], title: str = "") -> Iterator[Made]:
    """Make a website part by part, its pages in order, then the index. It takes seconds for each.

    Where no browser draws, it has no pictures, and the index says so.

    Raises
    ------
    Problem
        For what was deleted meanwhile, and for a browser that does not answer.
    """
    title = title or (pages[0].title if len(pages) == 1 else TITLE)
    without = bool(why_without_pictures())
    pictures: dict[str, CardPicture] = {}
    for page in pages:
        sheet = sheet_of(services, page.source)
        picture, files = (None, {}) if without else card_picture(page.name, sheet)
        if picture:
            pictures[page.name] = picture
        address = picture.light if picture else ""
        yield Made(page, {**page_files(page, sheet, title, pages, address), **files})
    said = ["Without pictures: no browser was there to draw them."] if without else []
    index = index_html(title, pages, pictures, *said)
    yield Made(None, {**shared().files, INDEX: index.encode()})
