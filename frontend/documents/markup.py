"""Components as plain HTML, for pages that do without Dash; and notes in Markdown.

Everything that is not an attribute's name or an element's is escaped: whatever people have
written is shown as they wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from dash.development.base_component import Component
from markdown_it import MarkdownIt
from markdown_it.token import Token

from frontend.components.formula import Formula
from frontend.documents.formulas import use_formulas
from frontend.sheets.note_pictures import NotePicture

_NAMES = {"className": "class", "htmlFor": "for"}
_VOID = frozenset({"img", "br", "hr", "wbr"})
# HTML in a note is text, and links lead to the web or to nothing: markdown-it refuses others.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
use_formulas(_MARKDOWN)


def _image(renderer: Any, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    token = tokens[place]
    source = str(token.attrs["src"])
    if not source.startswith(_OWN):
        return _link_to_image(token, escape(source))
    words = escape(renderer.renderInlineAsText(token.children, options, env))
    picture = env["pictures"].get(source.removeprefix(_OWN))
    if picture is None:
        return f'<span class="no-picture">{words or "A picture"} (there is no such picture)</span>'
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<img src="{escape(picture.address)}" alt="{words}" {size}>'


def _link_to_image(token: Token, source: str) -> str:
    """A picture from elsewhere would tell its server who looks, and be missing offline."""
    return f'<a href="{source}" {_ELSEWHERE}>{escape(token.content) or source}</a>'


def _link(renderer: Any, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    tokens[place].attrs |= {"target": "_blank", "rel": "noreferrer"}
    return str(renderer.renderToken(tokens, place, options, env))


_OWN = "picture:"
_ELSEWHERE = 'target="_blank" rel="noreferrer"'
_MARKDOWN.add_render_rule("image", _image)
_MARKDOWN.add_render_rule("link_open", _link)


class Markup(str):
    """HTML that is safe as it stands."""

    __slots__ = ()


def to_html(part: Any) -> Markup:
    """An element of ``dash.html``, or a list of such, as HTML.

    A link between pages becomes plain text: where there is no Dash, these pages are not there.
    """
    if part is None:
        return Markup()
    if isinstance(part, Markup):
        return part
    if isinstance(part, (list, tuple)):
        return Markup("".join(map(to_html, part)))
    if isinstance(part, Formula):
        return Markup(part.mathml)
    if not isinstance(part, Component):
        return Markup(escape(str(part), quote=False))
    props = dict(part.to_plotly_json()["props"])  # type: ignore[no-untyped-call]
    tag = str(part._type).lower()
    if tag in ("a", "link") and str(props.get("href", "")).startswith("/"):
        tag, _ = "span", props.pop("href")
    children = props.pop("children", None)
    start = " ".join([tag, *(_attribute(*item) for item in props.items() if _is_kept(*item))])
    return Markup(f"<{start}>" if tag in _VOID else f"<{start}>{to_html(children)}</{tag}>")


def markdown(text: str, pictures: Mapping[str, NotePicture] | None = None) -> Markup:
    """A note as HTML, its formulas as MathML, with its ``pictures``; HTML in it stays text."""
    return Markup(_MARKDOWN.render(text, {"pictures": pictures or {}}))


def _is_kept(name: str, value: Any) -> bool:
    return value is not None and value is not False and name != "n_clicks"


def _attribute(name: str, value: Any) -> str:
    name = _NAMES.get(name, name.lower())
    if value is True and not name.startswith(("aria-", "data-")):
        return name
    text = _css(value) if isinstance(value, dict) else str(value)
    return f'{name}="{escape(text)}"'


def _css(style: dict[str, Any]) -> str:
    return "; ".join(f"{_css_name(name)}: {value}" for name, value in style.items())


def _css_name(name: str) -> str:
    is_own = name.startswith("--")
    return name if is_own else re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)
