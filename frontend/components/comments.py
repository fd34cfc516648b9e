"""Where comments stand; ``assets/pages/comments.js`` fills it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from frontend.components.attributes import attributes


def comments_section(address: str, *, is_editor: bool = False) -> html.Section:
    """The comments at an address; an editor switches them on, approves and deletes."""
    return html.Section(className="comments", **_filled(address, is_editor))


def folded_comments(address: str, waiting: int) -> html.Details:
    """The same for an editor, in a list: asked for once it is unfolded."""
    count = f"Comments · {waiting_words(waiting)}" if waiting else "Comments"
    inner = html.Div(className="comments", **_filled(address, is_editor=True))
    return html.Details([html.Summary(count), inner], className="folded-comments")


def waiting_link(address: str, waiting: int) -> Any:
    """Leads to comments that wait to be approved; nothing where none does."""
    return dcc.Link(waiting_words(waiting), href=address, className="badge") if waiting else None


def waiting_words(waiting: int) -> str:
    """How many comments wait."""
    return f"{waiting} comment{'' if waiting == 1 else 's'} to approve"


def _filled(address: str, is_editor: bool) -> dict[str, Any]:
    return attributes(data_comments=address, data_edits=str(is_editor).lower())
