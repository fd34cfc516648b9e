"""The drawn part of a run: the figures, slider and tables of a view, still empty.

``assets/figures/draw.js`` and ``assets/figures/tables.js`` fill them.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from dash import html

from frontend.components.attributes import attributes
from frontend.components.controls import chooser, enlarge_button, scrubber, swatch, toggle
from frontend.components.diagram import diagram
from frontend.components.differences import static_table
from frontend.components.downloads import downloads
from frontend.components.explained import asked_axes, question_of, question_of_panel
from frontend.components.icons import icon
from frontend.components.train_again import train_again
from frontend.figures.network_parts import Diagram, TrainAgain
from frontend.figures.panels import Key, Panel, Reading, Row, Section
from frontend.figures.tables import StaticTable, TableView
from frontend.figures.view import Downloads, Part, Scrubber, View

# Figures of these shapes have a row to themselves.
_ALONE = ("wide", "low", "mosaic")
# More columns than these have to stand closer together.
_ROOMY = 6
# Tables of up to so many rows are shown whole.
_WHOLE = 16


def drawn(view: View) -> list[Any]:
    """All parts of the view, from top to bottom."""
    return [part_of(part) for part in view.parts]


def part_of(part: Part) -> Any:
    """One part of a view: an element that stands inside one with ``data-stage``."""
    match part:
        case Section():
            return _card(part) if part.title else _loose(part)
        case Scrubber():
            return scrubber(part)
        case TableView():
            return _table(part)
        case Downloads():
            return downloads(part)
        case StaticTable():
            return static_table(part)
        case Diagram():
            return diagram(part)
        case TrainAgain():
            return train_again(part, _rows(part.section))


def _loose(section: Section) -> html.Div:
    """Panels on the page itself, and how to read them in what is left of the last row."""
    drawn = [framed(panel, _plot(panel, section), section) for panel in section.panels]
    return html.Div([*drawn, _keys(section.keys)], className="panels")


def _card(section: Section) -> html.Section:
    """Panels in rows on a card, below what they are and what can be done with them."""
    title = html.H2([section.title, question_of(section.title)])
    words = [title, html.P(section.description, className="quiet"), asked_axes(section)]
    head = html.Div(
        [*words, _animation(section)] if section.animated else words,
        className="card-head animated" if section.animated else "card-head",
    )
    return html.Section(
        [
            head,
            # The others have one on each of their figures.
            enlarge_button(section.title) if section.shape in _ALONE else None,
            _controls(section),
            _rows(section),
            _keys(section.keys) if section.keys else None,
        ],
        className="card chart",
        **attributes(data_testid=f"section-{section.name}", **following(section)),
    )


def _rows(section: Section) -> html.Div:
    return html.Div(
        [_row(row, section) for row in section.rows],
        className="rows abreast" if section.abreast else "rows",
        style={
            "--least": f"{section.least}px",
            "--most": max(len(row.panels) for row in section.rows),
        },
    )


def _controls(section: Section) -> html.Div | None:
    controls = [*map(chooser, section.choosers), *map(toggle, section.toggles)]
    return html.Div(controls, className="toggles") if controls else None


def alone(section: Section) -> Any:
    """The only figure of a section with what steers and explains it, without the words around."""
    (panel,) = section.panels
    return html.Div(
        [
            _controls(section),
            _in_row(panel, section),
            _keys(section.keys) if section.keys else None,
        ],
        className="card chart alone",
    )


def follows(part: Part) -> bool:
    """Whether what a part shows changes with the slider."""
    if isinstance(part, TableView):
        return part.only_here
    panels = part.panels if isinstance(part, Section) else []
    traces = [trace for panel in panels for trace in panel.figure["data"]]
    return any(_moves(trace.get("meta", {})) for trace in traces)


def following(part: Part) -> dict[str, str]:
    """How an element says that the slider moves what is in it."""
    return {"data_follows": ""} if follows(part) else {}


def _moves(meta: dict[str, Any]) -> bool:
    """Frames do, but for those of a place of their own; rows of a table do if they have places."""
    return "at" not in meta if "frame" in meta else "table" in meta and "at" in meta


def _row(row: Row, section: Section) -> html.Div:
    title = [html.H3(row.title)] if row.title else []
    panels = [_in_row(panel, section) for panel in row.panels]
    return html.Div([*title, html.Div(panels, className="row-panels")], className="row")


def _in_row(panel: Panel, section: Section) -> Any:
    """One figure of a row; one that has the row to itself is named by the card."""
    plot = _plot(panel, section)
    if section.shape in _ALONE:
        return html.Div(plot, className=section.shape)
    return framed(panel, plot, section)


def _keys(keys: list[Key]) -> html.Ul:
    """What colours and marks in the panels mean."""
    return html.Ul([_key(key) for key in keys], className="keys")


def _key(key: Key) -> html.Li:
    faded = key.colour is None and key.symbol == "circle"
    spot = swatch(key.colour, "faded" if faded else key.symbol)
    if not key.readings:
        return html.Li([spot, key.title])
    said = [part for each in key.readings for part in (" ", _reading(each))]
    return html.Li([spot, html.Span([key.title, *said])])


def framed(panel: Panel, content: Any, section: Section) -> html.Figure:
    """A panel of a section with ``content`` where its figure goes."""
    head = html.Figcaption(
        [
            html.Div([_panel_title(panel), question_of_panel(panel)], className="panel-head"),
            html.Span([_reading(reading) for reading in panel.readings], className="readings"),
            enlarge_button(panel.title),
        ]
    )
    return html.Figure(
        [head, html.Div(content, className=section.shape)],
        className="panel ringed" if panel.ringed else "panel",
        style={"--aspect": panel.aspect} if panel.aspect else {},
        **attributes(data_testid=section.figure_name(panel)),
    )


def _panel_title(panel: Panel) -> html.Span:
    spot = swatch(panel.colour) if panel.colour else None
    return html.Span([spot, panel.title], className="panel-title", title=panel.description)


def _reading(reading: Reading) -> html.Span:
    what = json.dumps(dataclasses.asdict(reading))
    number = html.Span("–", className="number", **attributes(data_reading=what))
    return html.Span([f"{reading.title} " if reading.title else None, number])


def _table(table: TableView) -> html.Section:
    head = html.Thead(
        html.Tr(
            [
                html.Th([c.title, question_of(c.title)], scope="col", className=c.format)
                for c in table.columns
            ]
        )
    )
    spec = json.dumps(dataclasses.asdict(table))
    body = html.Tbody(**attributes(data_table=table.name, data_spec=spec))
    names = {"data_name": table.name, "data_testid": f"csv-{table.name}"}
    download = html.Button(
        [icon("download"), "CSV", html.Span(f" of {table.title}", className="unseen")],
        type="button",
        className="button-link",
        **attributes(data_action="csv", **names),
    )
    return html.Section(
        [
            html.Div([html.H2(table.title), download, _below_title(table)], className="card-head"),
            html.Div(
                html.Table([head, body]),
                className="scroll sideways",
                style={"--rows": _rows_kept(table)},
                tabIndex=0,
                role="region",
                **attributes(aria_label=table.title),
            ),
        ],
        className="card table dense" if len(table.columns) > _ROOMY else "card table",
        **attributes(data_testid=f"table-{table.name}"),
    )


def _rows_kept(table: TableView) -> float:
    """For how many rows there is to be room; of one more there is a part, to be seen to go on."""
    return min(table.rows, _WHOLE + 0.5)


def _below_title(table: TableView) -> html.P:
    """What the table is of, and how much of it is shown."""
    said = [table.description, " "] if table.description else []
    return html.P([*said, html.Span(**attributes(data_rows=""))], className="quiet below")


def _plot(panel: Panel, section: Section) -> html.Div:
    own = section.title in ("", panel.title)
    names = {
        "data_figure": section.figure_name(panel),
        "data_title": panel.title,
        # Heard alone, "Dense" would be the name of several figures.
        "aria_label": panel.title if own else f"{section.title}: {panel.title}",
    }
    waiting = {"data_waiting": panel.waiting} if panel.waiting else {}
    return html.Div(className="plot", role="img", **attributes(**names, **waiting))


def _animation(section: Section) -> html.Button:
    """What makes an animation of a section, over all places of the slider."""
    return html.Button(
        [
            icon("download"),
            html.Span("GIF", **attributes(data_says="")),
            html.Span(f" of {section.title}", className="unseen"),
        ],
        className="button-link",
        type="button",
        title="Save an animation over all places of the slider",
        **attributes(data_action="animate"),
    )
