"""The drawn part of a run: panels, slider, charts and tables of a view, still empty.

``assets/draw.js`` and ``assets/tables.js`` fill them.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import dash_mantine_components as dmc
from dash import html

from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.views.base import Chart, Figure, Key, Panel, Reading, Scrubber, TableView, View

_CONFIG: Any = {"displayModeBar": False, "responsive": True, "doubleClick": "reset"}
# More marks than these would run into each other on a phone.
_LABELLED_MARKS = 5


def figures(view: View) -> dict[str, Figure]:
    """The figures by the name that ``data-figure`` gives, for the browser to fill and draw."""
    named = [(_panel_name(panel), panel.figure) for panel in view.panels]
    named += [(_chart_name(chart), chart.figure) for chart in view.charts]
    return {name: {**figure, "config": _CONFIG} for name, figure in named}


def ghosts(view: View) -> html.Div:
    """The panels before any run: each says what will be in it."""
    filled = [_framed(panel, html.P(panel.description)) for panel in view.panels]
    return html.Div(filled, className="panels ghosts")


def panels(view: View) -> html.Div:
    """The panels side by side, and how to read them in what is left of the last row."""
    drawn = [_framed(panel, _plot(_panel_name(panel), panel.title)) for panel in view.panels]
    return html.Div([*drawn, _keys(view)], className="panels")


def scrubber(slider: Scrubber) -> html.Div:
    """The slider that moves all panels, with its play button and its place in words."""
    start = slider.labels[slider.places.index(slider.start)]
    play = dmc.ActionIcon(
        [icon("play"), icon("pause")],
        id="play",
        size="lg",
        radius="xl",
        **attributes(aria_label="Play through all places", data_action="play"),
    )
    track = dmc.Slider(
        id="place",
        value=slider.start,
        min=slider.places[0],
        max=slider.places[-1] if len(slider.places) > 1 else slider.places[0] + 1,
        step=0.0001,
        marks=_marks(slider.places),
        restrictToMarks=True,
        updatemode="drag",
        label=None,
        thumbLabel=slider.title,
        thumbSize=20,
        className="track",
    )
    words = html.Div(
        [
            html.Span(slider.title, className="scrubber-title"),
            html.Output(start, className="place", **attributes(data_live="place")),
        ],
        className="scrubber-words",
    )
    return html.Div(
        [play, html.Div([words, track], className="scrubber-body")], className="scrubber"
    )


def charts(view: View) -> list[html.Section]:
    """The charts, one below the other."""
    return [_chart(chart) for chart in view.charts]


def tables(view: View, run_id: str) -> list[html.Section]:
    """The tables, one below the other."""
    return [_table(table, run_id) for table in view.tables]


def swatch(colour: str | None, symbol: str = "circle") -> html.Span:
    """A spot of colour beside a name."""
    style = {"--swatch": colour} if colour else {}
    return html.Span(className=f"swatch {symbol}", style=style, **attributes(aria_hidden="true"))


def _keys(view: View) -> html.Ul:
    """What colours and marks in the panels mean."""
    return html.Ul([_key(key) for key in view.keys], className="keys")


def _key(key: Key) -> html.Li:
    faded = key.colour is None and key.symbol == "circle"
    return html.Li([swatch(key.colour, "faded" if faded else key.symbol), key.title])


def _framed(panel: Panel, content: Any) -> html.Figure:
    head = html.Figcaption(
        [
            html.Span(
                [swatch(panel.colour) if panel.colour else None, panel.title],
                className="panel-title",
                title=panel.description,
            ),
            html.Span([_reading(reading) for reading in panel.readings], className="readings"),
        ]
    )
    return html.Figure(
        [head, html.Div(content, className="square")],
        className="panel",
        **attributes(data_testid=_panel_name(panel)),
    )


def _reading(reading: Reading) -> html.Span:
    what = json.dumps({"series": reading.series, "labels": reading.labels})
    return html.Span(
        [f"{reading.title} ", html.Span("–", className="number", **attributes(data_reading=what))]
    )


def _chart(chart: Chart) -> html.Section:
    plot = _plot(_chart_name(chart), chart.title)
    toggles = [
        html.Button(
            [swatch(toggle.colour), toggle.title],
            className="toggle",
            type="button",
            **attributes(aria_pressed="true", data_action="toggle", data_group=toggle.group),
        )
        for toggle in chart.toggles
    ]
    head = html.Div(
        [html.H3(chart.title), html.P(chart.description, className="quiet")], className="card-head"
    )
    return html.Section(
        [head, html.Div(toggles, className="toggles"), html.Div(plot, className="wide")],
        className="card chart",
        **attributes(data_testid=_chart_name(chart)),
    )


def _table(table: TableView, run_id: str) -> html.Section:
    head = html.Thead(
        html.Tr([html.Th(c.title, scope="col", className=c.format) for c in table.columns])
    )
    columns = json.dumps([dataclasses.asdict(column) for column in table.columns])
    body = html.Tbody(
        **attributes(data_table=table.name, data_columns=columns, data_place=table.place or "")
    )
    # A plain link: Dash's and Mantine's would take the address for a page.
    download = html.A(
        [icon("download"), "CSV"],
        href=f"/api/runs/{run_id}/export.csv?table={table.name}",
        className="button-link",
        **attributes(data_testid=f"csv-{table.name}"),
    )
    return html.Section(
        [
            html.Div([html.H3(table.title), download], className="card-head"),
            html.Div(
                html.Table([head, body]),
                className="scroll",
                tabIndex=0,
                role="region",
                **attributes(aria_label=table.title),
            ),
        ],
        className="card table",
        **attributes(data_testid=f"table-{table.name}"),
    )


def _plot(name: str, title: str) -> html.Div:
    return html.Div(className="plot", role="img", **attributes(data_figure=name, aria_label=title))


def _panel_name(panel: Panel) -> str:
    return f"panel-{panel.name}"


def _chart_name(chart: Chart) -> str:
    return f"chart-{chart.name}"


def _marks(places: list[float]) -> list[dict[str, Any]]:
    """A mark for each place, a label for the first, the last and a few between."""
    low, high = places[0], places[-1]
    wanted = [low + (high - low) * i / (_LABELLED_MARKS - 1) for i in range(_LABELLED_MARKS)]
    labelled = {min(places, key=lambda place: abs(place - want)) for want in wanted}
    return [
        {"value": place, "label": f"{100 * place:.0f} %"} if place in labelled else {"value": place}
        for place in places
    ]
