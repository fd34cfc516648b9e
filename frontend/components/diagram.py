"""The diagram of a network that the page evaluates itself; ``assets/network/`` draws it."""

from __future__ import annotations

from dash import html

from frontend.components.attributes import attributes
from frontend.components.controls import chooser
from frontend.components.icons import icon
from frontend.figures.network_parts import Diagram

_WAITING = "Its units answer once the network is trained."
# What the looks of units and connections mean.
_KEYS = (
    ("more", "hands on more than nothing; a positive weight"),
    ("less", "less than nothing; a negative weight"),
    ("below", "round or dashed: gone under the criterion at the slider's place"),
    ("gone", "crossed: removed by hand"),
)


def diagram(part: Diagram) -> html.Section:
    """A card that shows the network once a run has told it, and what can be done by hand."""
    head = html.Div(
        [html.H2(part.title), html.P(part.description, className="quiet")], className="card-head"
    )
    unit = html.Div(className="diagram-unit", **attributes(data_unit_detail=""))
    return html.Section(
        [
            head,
            html.Div([chooser(part.ranked_by), *_actions()], className="toggles"),
            html.P(
                _WAITING, className="diagram-said", role="status", **attributes(data_hand_said="")
            ),
            html.Div(className="diagram-next", **attributes(data_hand_next="")),
            html.Div(className="diagram-keeping", hidden=True, **attributes(data_keeping="")),
            html.Div(
                [
                    _layers(part),
                    html.Div([_left_over(part), unit], className="diagram-side"),
                ],
                className="diagram-body",
            ),
            html.Ul([_key(*each) for each in _KEYS], className="keys diagram-keys"),
        ],
        className="card diagram",
        **attributes(data_testid="diagram", data_diagram=""),
    )


def _layers(part: Diagram) -> html.Div:
    """Where the browser puts the layers; they keep their width and scroll where it is not there."""
    layers = html.Div(className="diagram-layers", **attributes(data_layers=""))
    return html.Div(
        layers,
        className="diagram-scroll sideways",
        tabIndex=0,
        role="region",
        **attributes(aria_label=f"{part.title}: its layers"),
    )


def _key(look: str, words: str) -> html.Li:
    return html.Li([html.Span(className=f"diagram-key is-{look}"), words])


def _left_over(part: Diagram) -> html.Div:
    """The boundary once more, where it is in sight of whoever removes units."""
    (panel,) = part.left.panels
    names = {"data_figure": part.left.figure_name(panel), "aria_label": panel.title}
    plot = html.Div(className="plot", role="img", **attributes(**names))
    return html.Div(
        [html.H3(panel.title), html.Div(plot, className=part.left.shape)], className="panel ringed"
    )


def _actions() -> list[html.Button]:
    return [
        _action("hand-undo", "undo", "Undo"),
        _action("hand-redo", "redo", "Redo"),
        _action("hand-restore", "restore", "Restore all"),
        _action("hand-adopt", "sliders", "Start from this criterion", "Remove by hand what the "
                "criterion that ranks the units has removed at the slider's place"),
    ]  # fmt: skip


def _action(name: str, picture: str, title: str, said: str = "") -> html.Button:
    return html.Button(
        [icon(picture), title],
        type="button",
        className="button-link",
        title=said or None,
        disabled=True,
        **attributes(data_action=name),
    )
