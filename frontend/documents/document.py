"""A snapshot as an HTML page without Dash: one that asks for its data once, or a file with all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape

from dash import html

from frontend.components.comments import comments_section
from frontend.components.theme_toggle import theme_toggle
from frontend.documents.markup import Markup, to_html
from frontend.documents.snapshots import Snapshot
from frontend.modules import (
    ASSETS,
    STANDALONE,
    address_of,
    hash_of,
    inlined,
    served,
    whole_map,
)
from frontend.scripts import PLOTLY

STYLES = (
    "standalone", "base", "icons", "parts", "lists", "figures", "enlarge", "plots", "diagram",
    "run", "slider", "compare", "dashboard", "panels", "explain", "comments", "print",
)  # fmt: skip


def document(
    snapshot: Snapshot,
    *,
    data_url: str | None = None,
    head: str = "",
    compact: bool = False,
    place: str = "",
    comments_url: str = "",
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
    place
        Where it stands when it is opened, unless its address says otherwise: the same words.
    comments_url
        Where its comments are read and written; without it there are none.
    """
    is_file = data_url is None
    return framed(
        snapshot,
        head="\n".join([head, _inlined_head() if is_file else _linked_head()]),
        scripts=_inlined_scripts(snapshot) if is_file else _linked_scripts(),
        after=to_html(comments_section(comments_url)) if comments_url else "",
        data_url=data_url or "",
        compact=compact,
        place=place,
    )


def framed(
    snapshot: Snapshot,
    *,
    head: str,
    scripts: str,
    before: str = "",
    after: str = "",
    data_url: str = "",
    compact: bool = False,
    place: str = "",
) -> str:
    """The page of a snapshot, its styles in the ``head``, with ``scripts`` to bring it to life.

    The other parameters are those of :func:`document`; ``before`` and ``after`` is more HTML for
    the body.
    """
    main = (
        f'<main id="content" class="sheet" tabindex="-1" data-sheet="{escape(data_url)}" '
        f'data-place="{escape(place)}">{snapshot.body}</main>'
    )
    words = "" if compact else snapshot.summary
    body = [
        before,
        page_head(snapshot.title, words),
        f'<div id="banner" role="status" hidden></div>{main}',
        after,
        page_foot(snapshot.frozen_at),
        scripts,
    ]
    return page(f"{snapshot.title} · PruneLab", head, body, compact=compact)


def page(title: str, head: str, body: Sequence[str], *, compact: bool = False) -> str:
    """A page without Dash."""
    kind = "standalone compact" if compact else "standalone"
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="en" class="{kind}"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            head,
            "</head><body>",
            *body,
            "</body></html>",
        ]
    )


def page_head(title: str, summary: str) -> Markup:
    """What stands above: the title, the button for light and dark, a line of words if there is."""
    words = html.P(summary, className="quiet") if summary else None
    return to_html(html.Header([html.H1(title), theme_toggle(), words], className="sheet-head"))


def page_foot(frozen_at: str, *more: str) -> Markup:
    """What stands below: of when it is, what it was made with, and ``more`` sentences."""
    date = html.Time(frozen_at[:10], dateTime=frozen_at)
    said = [f" {sentence}" for sentence in more]
    words = html.P(["As it stood on ", date, ". Made with PruneLab.", *said], className="quiet")
    return to_html(html.Footer(words, className="sheet-foot"))


def _linked_head() -> str:
    styles = [f'<link rel="stylesheet" href="/assets/{name}.css">' for name in STYLES]
    icon_link = '<link rel="icon" href="/assets/logo.svg" type="image/svg+xml">'
    theme = '<script src="/assets/theme.js"></script>'
    return "\n".join([*styles, icon_link, theme, served(STANDALONE)])


def _linked_scripts() -> str:
    sources = [PLOTLY.address, "/assets/gifenc.min.js"]
    scripts = (f'<script src="{source}" defer></script>' for source in sources)
    entry = f'<script type="module" src="{address_of(STANDALONE)}"></script>'
    return "\n".join([*scripts, entry])


def _inlined_head() -> str:
    styles = "\n".join((ASSETS / f"{name}.css").read_text() for name in STYLES)
    theme = f"<script>{_theme()}</script>"
    return f"{_file_policy()}<style>{styles}</style>{theme}{inlined(STANDALONE)}"


def _inlined_scripts(snapshot: Snapshot) -> str:
    # In a script's text only "<" could end it.
    data = snapshot.data.decode().replace("<", "\\u003c")
    return "\n".join(
        [
            f'<script type="application/json" id="sheet">{data}</script>',
            *(f"<script>{script}</script>" for script in _libraries()),
            f'<script type="module">{ENTRY}</script>',
        ]
    )


ENTRY = f'import "#{STANDALONE}";'


def _theme() -> str:
    return (ASSETS / "theme.js").read_text()


@cache
def _libraries() -> list[str]:
    return [PLOTLY.path.read_text(), (ASSETS / "gifenc.min.js").read_text()]


@cache
def _file_policy() -> str:
    return policy_tag(_theme(), whole_map(STANDALONE), *_libraries(), ENTRY)


def policy_tag(*scripts: str, beside: str = "") -> str:
    """What a page may do wherever it is opened: run what it was made with, and reach nobody.

    Parameters
    ----------
    scripts
        What runs out of the page itself. Modules have addresses that are their text (``data:``).
    beside
        Where scripts, styles and pictures lie that are not in the page, if there are such.
    """
    run = " ".join(filter(None, [beside, "data: blob:", *map(hash_of, scripts)]))
    styles = f"{beside} 'unsafe-inline'".strip()
    pictures = f"{beside} data: blob:".strip()
    policy = (
        f"default-src 'none'; script-src {run}; style-src {styles}; img-src {pictures}; "
        "font-src data:; connect-src data: blob:; worker-src data: blob:; base-uri 'none'; "
        "form-action 'none'"
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
