"""Training again what a mask has left, in the page; ``assets/network/again.js`` does it."""

from __future__ import annotations

from dash import html

from frontend.components.attributes import attributes
from frontend.components.controls import chooser
from frontend.components.icons import icon
from frontend.figures.network_parts import TrainAgain


def train_again(part: TrainAgain, rows: html.Div) -> html.Section:
    """A card with what is trained and for how long, and the ``rows`` of figures that show it."""
    head = html.Div(
        [html.H2(part.title), html.P(part.description, className="quiet")], className="card-head"
    )
    buttons = [
        _button("again-start", "play", "Train"),
        _button("again-stop", "pause", "Stop"),
        html.Span(className="again-said", role="status", **attributes(data_again_said="")),
    ]
    return html.Section(
        [
            head,
            html.Div([*map(chooser, part.choosers), *buttons], className="toggles"),
            rows,
        ],
        className="card chart again",
        **attributes(data_testid="again", data_again=""),
    )


def _button(action: str, picture: str, title: str) -> html.Button:
    return html.Button(
        [icon(picture), title],
        type="button",
        className="button-link",
        disabled=True,
        **attributes(data_action=action),
    )
