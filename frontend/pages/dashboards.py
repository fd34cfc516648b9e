"""Dashboards: the list of them, and each as panels to be arranged."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html
from dash.exceptions import PreventUpdate

from backend.dashboards import Content, Dashboard
from backend.services import Services
from frontend.api.dashboards import board_page
from frontend.callbacks import answers, in_browser
from frontend.components.attributes import attributes
from frontend.components.comments import comments_section, waiting_link
from frontend.components.icons import icon
from frontend.components.sheet_actions import sheet_actions
from frontend.durations import ago
from frontend.sheets.base import DashboardSource


async def listing(services: Services) -> html.Div:
    """The page of all dashboards."""
    found = await asyncio.to_thread(services.dashboards.everything)
    waiting = await asyncio.to_thread(services.comments.waiting, "dashboard")
    new = dmc.Button("New dashboard", id="new-dashboard", leftSection=icon("plus"))
    lines = html.Ul([_line(each, waiting.get(each.id, 0)) for each in found], className="boards")
    return html.Div(
        [
            html.Div([html.H1("Dashboards"), new], className="page-head"),
            lines if found else _nothing(),
        ],
        className="narrow",
    )


def _line(dashboard: Dashboard, waiting: int) -> html.Li:
    count = len(dashboard.content.panels)
    when = ago(datetime.now(UTC) - dashboard.updated_at)
    link = dcc.Link(
        [
            html.Strong(dashboard.content.title or "Dashboard"),
            html.Span(f"{count} panel{'' if count == 1 else 's'}", className="quiet"),
            html.Span(f"changed {when}", className="quiet"),
        ],
        href=f"/dashboards/{dashboard.id}",
        className="run-line board-line",
    )
    delete = html.Button(
        [icon("bin"), html.Span("Delete", **attributes(data_says="Really delete?"))],
        type="button",
        className="button-link",
        **attributes(
            data_action="delete-board",
            data_board=dashboard.id,
            aria_label=f"Delete the dashboard {dashboard.content.title}",
        ),
    )
    return html.Li([link, waiting_link(f"/dashboards/{dashboard.id}", waiting), delete])


def _nothing() -> html.Div:
    return html.Div(
        [
            html.P("No dashboard yet."),
            html.P(
                "A dashboard puts figures of runs, comparisons, tables and notes beside each "
                "other, to be arranged, followed live and shared.",
                className="quiet",
            ),
        ],
        className="nothing",
    )


async def of_dashboard(services: Services, dashboard_id: str) -> html.Div:
    """The page of one dashboard; ``assets/pages/dashboard.js`` arranges what the store holds."""
    dashboard = await asyncio.to_thread(services.dashboards.get, dashboard_id)
    page = await asyncio.to_thread(board_page, services, dashboard)
    return html.Div(
        [
            dcc.Store(id="board-data", data=page),
            html.Div(_head(dashboard_id), className="board-head"),
            html.Div(id="board", className="grid-stack"),
            html.Div(
                [
                    html.P("Nothing on it yet."),
                    html.P("Add a figure of a run, or a note.", className="quiet"),
                ],
                id="board-empty",
                className="nothing",
                hidden=True,
            ),
            comments_section(f"/api/dashboards/{dashboard_id}/comments", is_editor=True),
        ],
        id="board-page",
        **attributes(data_board=dashboard_id),
    )


def _head(dashboard_id: str) -> list[Any]:
    # The browser makes the title an input: its words are those that are saved.
    return [
        html.Div(id="board-title"),
        html.Span(id="board-saved", role="status", className="quiet"),
        html.Div(
            [
                _button("undo", "undo-board", "Undo"),
                _button("redo", "redo-board", "Redo"),
                _button("plus", "add-figure", "Figure"),
                _button("note", "add-note", "Note"),
                *sheet_actions(DashboardSource(dashboard=dashboard_id)),
            ],
            className="run-actions",
        ),
    ]


def _button(picture: str, action: str, title: str) -> html.Button:
    return html.Button(
        [icon(picture), title],
        type="button",
        className="button-link",
        # Until the page has what it needs for it: dashboard.js enables it.
        disabled=True,
        **attributes(data_action=action),
    )


def add_callbacks(app: Dash, services: Services) -> None:
    """Making a new dashboard; all else happens in the browser."""
    in_browser(app, "board", Output("board-empty", "title"), Input("board-data", "data"))

    @answers(
        app,
        Output("url", "pathname", allow_duplicate=True),
        Input("new-dashboard", "n_clicks"),
        prevent_initial_call=True,
    )
    async def new(clicks: int | None) -> str:
        if not clicks:
            raise PreventUpdate
        made = await asyncio.to_thread(services.dashboards.create, Content())
        return f"/dashboards/{made.id}"
