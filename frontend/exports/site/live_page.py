"""A page of a website: the same as in the self-contained file, with the way to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html

from frontend.components.attributes import attributes
from frontend.components.recipe_card import agreement
from frontend.components.recipe_note import expectations, paper
from frontend.documents.document import ENTRY, framed
from frontend.documents.markup import Markup, to_html
from frontend.documents.previews import meta, preview
from frontend.documents.snapshots import Snapshot, snapshot_of
from frontend.exports.site.pages import SitePage
from frontend.exports.site.shared import deferred, quoted, shared, stamped
from frontend.sheets.base import Sheet
from pruning.recipes.base import Recipe

INDEX = "index.html"
# A script, since a browser fetches no data from a disk; the page finds it as in the file.
_DATA = """document.body.append(
  Object.assign(document.createElement("script"), {{
    type: "application/json", id: "sheet", text: {},
  }}),
);
"""


def page_files(
    page: SitePage, sheet: Sheet, site: str, pages: Sequence[SitePage], picture: str
) -> dict[str, bytes]:
    """The files of one of the ``pages`` of a site with that title: its HTML and its data."""
    snapshot = snapshot_of(sheet, page.title)
    if page.recipe:
        said = _of_recipe(page.recipe, sheet)
        snapshot = replace(snapshot, summary=page.summary, body=Markup(said + snapshot.body))
    path, data = stamped(f"data/{page.name}.js", _DATA.format(quoted(_json(snapshot))).encode())
    entry = f'<script type="module">{ENTRY}</script>'
    ways = _beside(page, pages)
    text = framed(
        snapshot,
        head="\n".join(
            [meta(preview(page.title, page.summary, picture)), shared().look, shared().modules]
        ),
        scripts="\n".join([deferred(path), shared().libraries, entry]),
        before=to_html([skip_link(), _nav([_to_index(site), *ways], "Website")]),
        after=to_html(_nav(ways, "Pages beside this one")) if ways else "",
        place=page.place,
    )
    return {page.file: text.encode(), path: data}


def skip_link() -> html.A:
    """The way past what stands above, for the keyboard."""
    return html.A("Skip to the content", href="#content", className="skip")


def _json(snapshot: Snapshot) -> str:
    # These end a line of a script for some browsers.
    return snapshot.data.decode().replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _nav(links: Sequence[html.A], label: str) -> html.Nav:
    return html.Nav(links, className="site-nav", **attributes(aria_label=label))


def _to_index(site: str) -> html.A:
    return html.A(site, href=INDEX, className="site-home")


def _beside(page: SitePage, pages: Sequence[SitePage]) -> list[html.A]:
    """The way to the page before and to the one behind."""
    here = pages.index(page)
    before, behind = pages[max(0, here - 1) : here], pages[here + 1 : here + 2]
    return [
        *(_to("Previous", each, "prev") for each in before),
        *(_to("Next", each, "next") for each in behind),
    ]


def _to(word: str, page: SitePage, rel: str) -> html.A:
    words: list[Any] = [html.Span(word, className="quiet"), " ", html.Span(page.title)]
    return html.A(words, href=page.file, rel=rel, className=f"site-{rel}")


def _of_recipe(recipe: Recipe, sheet: Sheet) -> Markup:
    """What was published, how close the run has come, and what to expect of it."""
    compared = agreement(recipe, sheet.stages["run"].result.tables, here=True)
    return to_html(
        html.Section(
            [
                html.H2("What was published"),
                html.P(compared),
                html.H3("What to expect"),
                expectations(recipe),
                paper(recipe),
            ],
            className="card site-recipe",
        )
    )
