"""A snapshot as an HTML page without Dash: one that asks for its data once, or a file with all."""

from __future__ import annotations

from html import escape

from dash import html

from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.documents.markup import to_html
from frontend.documents.snapshots import Snapshot
from frontend.modules import ASSETS, STANDALONE, address_of, inlined, served
from frontend.scripts import PLOTLY

_STYLES = (
    "standalone", "base", "icons", "parts", "lists", "figures", "plots", "diagram", "run", "slider",
    "compare", "dashboard", "panels", "explain",
)  # fmt: skip


def document(
    snapshot: Snapshot, *, data_url: str | None = None, head: str = "", compact: bool = False
) -> str:
    """The page of a snapshot.

    Parameters
    ----------
    data_url
        Where the browser gets its data; without it everything is in the document, scripts and
        styles too, so that it works as a file with no network.
    head
        More HTML for the head.
    compact
        Whether it stands in another page: without words that are not needed there.
    """
    is_file = data_url is None
    kind = "standalone compact" if compact else "standalone"
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="en" class="{kind}"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(snapshot.title)} · PruneLab</title>",
            head,
            _inlined_head() if is_file else _linked_head(),
            "</head><body>",
            _header(snapshot, compact),
            f'<div id="banner" role="status" hidden></div><main class="sheet" data-sheet='
            f'"{escape(data_url or "")}">{snapshot.body}</main>',
            _footer(snapshot),
            _inlined_scripts(snapshot) if is_file else _linked_scripts(),
            "</body></html>",
        ]
    )


def _header(snapshot: Snapshot, compact: bool) -> str:
    toggle = html.Button(
        [icon("sun"), icon("moon")],
        type="button",
        className="theme-toggle",
        **attributes(aria_label="Light or dark", data_theme_toggle=""),
    )
    words = None if compact or not snapshot.summary else html.P(snapshot.summary, className="quiet")
    return to_html(html.Header([html.H1(snapshot.title), toggle, words], className="sheet-head"))


def _footer(snapshot: Snapshot) -> str:
    date = html.Time(snapshot.frozen_at[:10], dateTime=snapshot.frozen_at)
    words = html.P(["As it stood on ", date, ". Made with PruneLab."], className="quiet")
    return to_html(html.Footer(words, className="sheet-foot"))


def _linked_head() -> str:
    styles = [f'<link rel="stylesheet" href="/assets/{name}.css">' for name in _STYLES]
    icon_link = '<link rel="icon" href="/assets/logo.svg" type="image/svg+xml">'
    theme = '<script src="/assets/theme.js"></script>'
    return "\n".join([*styles, icon_link, theme, served(STANDALONE)])


def _linked_scripts() -> str:
    sources = [PLOTLY.address, "/assets/gifenc.min.js"]
    scripts = (f'<script src="{source}" defer></script>' for source in sources)
    entry = f'<script type="module" src="{address_of(STANDALONE)}"></script>'
    return "\n".join([*scripts, entry])


def _inlined_head() -> str:
    styles = "\n".join((ASSETS / f"{name}.css").read_text() for name in _STYLES)
    theme = f"<script>{(ASSETS / 'theme.js').read_text()}</script>"
    return f"<style>{styles}</style>{theme}{inlined(STANDALONE)}"


def _inlined_scripts(snapshot: Snapshot) -> str:
    # In a script's text only "<" could end it.
    data = snapshot.data.decode().replace("<", "\\u003c")
    scripts = [PLOTLY.path.read_text(), (ASSETS / "gifenc.min.js").read_text()]
    return "\n".join(
        [
            f'<script type="application/json" id="sheet">{data}</script>',
            *(f"<script>{script}</script>" for script in scripts),
            f'<script type="module">import "#{STANDALONE}";</script>',
        ]
    )
