"""Where people make points of their own: drawn, written down, or by a formula."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.figures.colours import class_colour
from pruning.data.formula_points import SIDE
from pruning.data.limits import NAME_LENGTH, POINTS, POINTS_BYTES, POINTS_CLASSES, POINTS_PER_CLASS
from pruning.formulas.tokens import FUNCTIONS, MOST_CHARACTERS, NAMES

_WAYS = {"draw": "Draw", "csv": "CSV", "formula": "Formula"}


def points_tool() -> html.Section:
    """The tool; ``assets/points/tool.js`` brings it to life."""
    colours = json.dumps([class_colour(label) for label in range(POINTS_CLASSES)])
    return html.Section(
        [
            dcc.Store(id="points-ready"),
            _head(),
            html.Div(
                [
                    html.Div(**attributes(data_points_plane="yes"), className="points-plane"),
                    html.Div(
                        [*(_way(name) for name in _WAYS), _foot()],
                        className="points-side",
                    ),
                ],
                className="points-body",
            ),
        ],
        id="points-tool",
        className="card points-tool",
        **attributes(
            data_colours=colours,
            data_reach=str(SIDE),
            data_most=str(POINTS),
            data_most_bytes=str(POINTS_BYTES),
            data_way="draw",
        ),
    )


def _head() -> html.Div:
    tabs = [
        html.Button(
            title,
            type="button",
            **attributes(
                data_points="way", data_name=name, aria_pressed=str(name == "draw").lower()
            ),
        )
        for name, title in _WAYS.items()
    ]
    words = html.P(
        "Draw classes in the plane, paste a table, or write a formula: they become a dataset of "
        "the toy experiments.",
        className="quiet",
    )
    tabs_group = html.Div(
        tabs, className="points-ways", role="group", **attributes(aria_label="How to make points")
    )
    return html.Div([html.Div([html.H2("Points of your own"), words]), tabs_group])


def _way(name: str) -> html.Div:
    made = {"draw": _draw, "csv": _csv, "formula": _formula}[name]
    return html.Div(made(), className="points-way", **attributes(data_for=name))


def _draw() -> list[Any]:
    return [
        html.Div(**attributes(data_points_brush="yes"), className="points-brush"),
        html.P(
            f"2 to {POINTS_CLASSES} classes, at least {POINTS_PER_CLASS} points each. By "
            "keyboard: arrow keys move the cursor (with Shift further), Space puts points down, "
            "Backspace erases, a number chooses the class.",
            className="quiet",
        ),
    ]


def _csv() -> list[Any]:
    return [
        dmc.Textarea(
            id="points-csv",
            label="x, y, class",
            placeholder="0.5, 1.2, red\n-0.3, 0.8, blue\n…",
            minRows=9,
            maxRows=9,
            autosize=True,
            resize="vertical",
            classNames={"input": "points-csv-input"},
        ),
        _mark("csv"),
        html.Div(
            [
                html.Span(),
                html.Button(
                    "Let it go",
                    type="button",
                    className="button-link",
                    **attributes(data_points="drop"),
                ),
            ],
            className="points-file",
            hidden=True,
        ),
        html.Div(
            [html.Ul(**attributes(aria_label="Classes")), html.P(className="quiet")],
            className="points-counted",
            **attributes(aria_live="polite"),
        ),
        html.Button(
            [icon("upload"), "Choose a file…"],
            type="button",
            className="button-link",
            **attributes(data_points="choose"),
        ),
        html.P(
            f"Up to {POINTS:,} rows, with or without a head; commas, semicolons, tabs or spaces "
            "between columns. What does not fit into the square is scaled into it.",
            className="quiet",
        ),
    ]


def _mark(name: str) -> html.P:
    """What is wrong with a field, below it."""
    return html.P(
        id=f"points-{name}-mark",
        className="points-mark",
        hidden=True,
        **attributes(data_of=name, aria_live="polite"),
    )


def _formula() -> list[Any]:
    return [
        dmc.TextInput(
            id="points-formula",
            label="Formula",
            placeholder="y > sin(3 x)",
            spellCheck=False,
            autoComplete="off",
            attributes={"input": {"maxLength": MOST_CHARACTERS}},
        ),
        _mark("formula"),
        dmc.NumberInput(
            id="points-classes",
            label="Classes",
            value=2,
            min=2,
            max=POINTS_CLASSES,
            allowDecimal=False,
            w=110,
        ),
        html.P(
            [
                "A comparison makes two classes; comparisons are joined by ",
                html.Code("and"),
                ", ",
                html.Code("or"),
                ", ",
                html.Code("not"),
                ". Any other formula is rounded down and counted round the classes: ",
                html.Code("3 r"),
                f" makes rings. Names: {', '.join(NAMES)} (r: distance, t: angle). Functions: "
                f"{', '.join(FUNCTIONS)}.",
            ],
            className="quiet",
        ),
    ]


def _foot() -> html.Div:
    return html.Div(
        [
            dmc.TextInput(
                id="points-title",
                label="Title",
                placeholder="what people call it",
                attributes={"input": {"maxLength": NAME_LENGTH}},
            ),
            dmc.Button(
                "Keep",
                leftSection=icon("plus"),
                **attributes(data_points="keep", data_testid="keep-points"),
            ),
            html.P(className="message", role="status"),
            html.P(className="importer-error", role="alert", hidden=True),
        ],
        className="points-foot",
    )
