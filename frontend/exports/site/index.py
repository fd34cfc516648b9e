"""The index of a website: a card for each page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from dash import html

from frontend.components.attributes import attributes
from frontend.documents.document import page, page_foot, page_head
from frontend.documents.markup import Markup, to_html
from frontend.documents.previews import meta, preview
from frontend.exports.site.card_pictures import CardPicture
from frontend.exports.site.live_page import skip_link
from frontend.exports.site.pages import Kind, SitePage
from frontend.exports.site.shared import shared

_SEVERAL: dict[Kind, str] = {
    "Run": "runs",
    "Comparison": "comparisons",
    "Dashboard": "dashboards",
    "Recipe": "recipes",
}


def index_html(
    title: str,
    pages: Sequence[SitePage],
    pictures: Mapping[str, CardPicture],
    *sentences: str,
) -> str:
    """The index; ``pictures`` are by the names of pages, ``sentences`` stand at its foot."""
    summary = contents(pages)
    first = next(iter(pictures.values()), None)
    cards = [html.Li(_card(each, pictures.get(each.name))) for each in pages]
    main = html.Main(
        html.Ul(cards, className="site-cards"), id="content", className="site-index", tabIndex="-1"
    )
    head = [meta(preview(title, summary, first.light if first else "")), shared().look]
    foot = page_foot(datetime.now(UTC).isoformat(), *sentences)
    body = [to_html(skip_link()), page_head(title, summary), to_html(main), foot]
    return page(title, "\n".join(head), body)


def contents(pages: Sequence[SitePage]) -> str:
    """How much of what is there: ``2 runs, 1 comparison``."""
    counted = Counter(each.kind for each in pages)
    said = (f"{n} {_SEVERAL[kind] if n > 1 else kind.lower()}" for kind, n in counted.items())
    return ", ".join(said)


def _card(each: SitePage, picture: CardPicture | None) -> html.Article:
    date = each.date.date().isoformat()
    words: list[Any] = [
        html.P(
            [html.Span(each.kind, className="site-kind"), html.Time(date, dateTime=date)],
            className="quiet",
        ),
        html.H2(html.A(each.title, href=each.file)),
        *(html.P(line, className="site-result") for line in each.results),
        html.P(each.summary, className="quiet site-summary") if each.summary else None,
    ]
    return html.Article(
        [_picture(picture), html.Div(words, className="site-words")], className="card site-card"
    )


def _picture(picture: CardPicture | None) -> html.Div:
    if picture is None:
        nothing = html.Span(className="logo", **attributes(aria_hidden="true"))
        return html.Div(nothing, className="site-picture")
    looks = (("light", picture.light), ("dark", picture.dark))
    images = [_image(picture, path, f"only-{scheme}") for scheme, path in looks]
    return html.Div(images, className="site-picture")


def _image(picture: CardPicture, path: str, kind: str) -> Markup:
    # Dash's has no "loading", without which the one that is not shown would be fetched, too.
    size = f'width="{picture.width}" height="{picture.height}"'
    said = f'alt="{escape(picture.title)}" class="{kind}"'
    return Markup(f'<img src="{escape(path)}" {said} {size} loading="lazy">')
