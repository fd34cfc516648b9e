"""Small tables that are known before any run has said anything."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from frontend.components.attributes import attributes
from frontend.figures.tables import Heading, StaticTable


def static_table(table: StaticTable) -> html.Section:
    """The table on a card; its first column names the rows."""
    head = html.Thead(html.Tr([_heading(column) for column in table.columns]))
    body = html.Tbody([_row(row) for row in table.rows])
    words: list[Any] = [html.H2(table.title)]
    if table.description:
        words.append(html.P(table.description, className="quiet below"))
    grid = html.Div(
        html.Table([head, body]),
        className="scroll sideways",
        tabIndex=0,
        role="region",
        **attributes(aria_label=table.title),
    )
    return html.Section(
        [html.Div(words, className="card-head"), grid if table.rows else None],
        className="card table static",
        **attributes(data_testid="static-table"),
    )


def _heading(column: Heading) -> html.Th:
    title: Any = dcc.Link(column.title, href=column.href) if column.href else column.title
    return html.Th(title, scope="col")


def _row(row: list[str]) -> html.Tr:
    first, *rest = row
    return html.Tr([html.Th(first, scope="row"), *map(html.Td, rest)])
