"""The list of shares: what can be seen by whoever has its link, and Revoke."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.exceptions import PreventUpdate
from pydantic import TypeAdapter

from backend.services import Services
from backend.shares import Share
from frontend.callbacks import answers
from frontend.components.attributes import attributes
from frontend.components.comments import folded_comments
from frontend.components.icons import icon
from frontend.components.share import source_page
from frontend.durations import ago
from frontend.sheets.base import Source

_SOURCE: TypeAdapter[Source] = TypeAdapter(Source)


async def listing(services: Services) -> html.Div:
    """The page; ``assets/pages/share.js`` revokes, and has the list made anew after that."""
    return html.Div(
        [
            html.Div(html.H1("Shares"), className="page-head"),
            html.P(
                "A share shows a run, a comparison or a dashboard as it stood when it was shared, "
                "to everybody who has its link, without an account. The link itself is shown only "
                "when it is made: what is kept here cannot open it.",
                className="quiet lead",
            ),
            html.P(className="share-problem", role="alert", hidden=True),
            html.Div(await _list(services), id="share-list"),
            html.Button(id="shares-changed", hidden=True),
        ],
        className="narrow shares",
    )


async def _list(services: Services) -> Any:
    shares = await asyncio.to_thread(services.shares.all)
    if not shares:
        return _nothing()
    waiting = await asyncio.to_thread(services.comments.waiting, "share")
    now = datetime.now(UTC)
    cards = [html.Li(_card(share, now, waiting.get(share.id, 0))) for share in shares]
    return html.Ol(cards, className="share-lines")


def _nothing() -> html.Div:
    return html.Div(
        [
            html.P("Nothing is shared."),
            html.P(
                ["Open a ", dcc.Link("run", href="/runs"), " and press Share."], className="quiet"
            ),
        ],
        className="nothing",
    )


def _card(share: Share, now: datetime, waiting: int) -> html.Article:
    what, address = source_page(_SOURCE.validate_python(share.source))
    facts = [
        html.Li(["of ", dcc.Link(what, href=address)]),
        html.Li(["shared ", _when(share.created_at, now)]),
        html.Li(_end(share, now)),
        html.Li(_opened(share, now)),
        html.Li("with a password" if share.has_password else "without a password"),
    ]
    words = [html.H2(share.title), html.Ul(facts, className="share-facts quiet")]
    return html.Article(
        [html.Div(words), _actions(share), _comments(share, waiting)],
        className="card share-line",
        **attributes(data_testid="share", data_open=str(share.is_open).lower()),
    )


def _comments(share: Share, waiting: int) -> html.Details | None:
    """What readers have written, to be approved; nothing of it is left once it was revoked."""
    if share.revoked_at:
        return None
    return folded_comments(f"/api/shares/{share.id}/comments", waiting)


def _actions(share: Share) -> html.Div:
    """Revoke, and being asked once more in its place."""
    if not share.is_open:
        said = "Revoked" if share.revoked_at else "Expired"
        return html.Div(html.Span(said, className="badge"), className="share-actions")
    revoke = html.Button(
        [icon("bin"), "Revoke"],
        type="button",
        className="button-link",
        **attributes(data_share="ask", aria_label=f"Revoke {share.title}"),
    )
    sure = html.Div(
        [
            html.Span("Its link will lead nowhere.", className="quiet"),
            html.Button(
                "Revoke",
                type="button",
                className="button-link danger",
                **attributes(data_share="revoke", data_id=share.id),
            ),
            html.Button(
                "Keep", type="button", className="button-link", **attributes(data_share="keep")
            ),
        ],
        className="share-sure",
        hidden=True,
    )
    return html.Div([revoke, sure], className="share-actions")


def _when(moment: datetime, now: datetime) -> html.Time:
    return html.Time(ago(now - moment), dateTime=moment.isoformat(), title=f"{moment:%c} UTC")


def _end(share: Share, now: datetime) -> Any:
    if share.revoked_at:
        return ["revoked ", _when(share.revoked_at, now)]
    if share.expires_at is None:
        return "never expires"
    date = html.Time(
        f"{share.expires_at:%-d %B %Y, %H:%M} UTC", dateTime=share.expires_at.isoformat()
    )
    return ["expired " if share.expires_at <= now else "expires ", date]


def _opened(share: Share, now: datetime) -> Any:
    if share.last_opened_at is None:
        return "never opened"
    times = "once" if share.opened == 1 else f"{share.opened:,} times"
    return [f"opened {times}, last ", _when(share.last_opened_at, now)]


def add_callbacks(app: Dash, services: Services) -> None:
    """Making the list anew after a share was revoked."""

    @answers(
        app,
        Output("share-list", "children"),
        Input("shares-changed", "n_clicks"),
        prevent_initial_call=True,
    )
    async def look(clicks: int | None) -> Any:
        # Dash asks once when the button appears.
        if not clicks:
            raise PreventUpdate
        return await _list(services)
