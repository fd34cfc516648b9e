"""What figures are steered with: choosers, toggles, the slider."""

from __future__ import annotations

import json

from dash import html

from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.views.base import Chooser, Scrubber, Toggle

# More marks than these would run into each other on a phone.
_LABELLED_MARKS = 5
_EVEN_MARKS = 8
_SHORT = 3


def swatch(colour: str | None, symbol: str = "circle") -> html.Span:
    """A spot of colour beside a name."""
    style = {"--swatch": colour} if colour else {}
    return html.Span(className=f"swatch {symbol}", style=style, **attributes(aria_hidden="true"))


def chooser(choice: Chooser) -> html.Label:
    """A list to choose from; ``assets/figures/choosers.js`` fills one with what a run says."""
    options = [html.Option(title, value=value) for value, title in choice.options.items()]
    source = {"data_source": json.dumps(choice.source)} if choice.source else {}
    select = html.Select(
        options,
        className="chooser",
        disabled=not options,
        **attributes(data_chooser=choice.name, **source),
    )
    return html.Label([choice.title, select], className="quiet chooser-label")


def toggle(button: Toggle) -> html.Button:
    """A button that shows and hides a group of traces."""
    return html.Button(
        [swatch(button.colour, button.symbol), button.title],
        className="toggle",
        type="button",
        **attributes(aria_pressed="true", data_action="toggle", data_group=button.group),
    )


def scrubber(slider: Scrubber) -> html.Div:
    """The slider that moves a stage, with its play button and its place in words."""
    start = slider.labels[slider.places.index(slider.start)]
    play = html.Button(
        [icon("play"), icon("pause")],
        type="button",
        className="play",
        **attributes(aria_label="Play through all places", data_action="play"),
    )
    place = html.Output(start, className="place", **attributes(data_live="place"))
    words = [html.Span(slider.title, className="scrubber-title"), place]
    choosers = [chooser(choice) for choice in slider.choosers]
    # The browser puts the slider itself in, so that it works on pages without Dash, too.
    track = html.Div(className="track", **attributes(data_track=slider.title))
    body = [html.Div([*choosers, *words], className="scrubber-words"), track]
    return html.Div([play, html.Div(body, className="scrubber-body")], className="scrubber")


def marks(slider: Scrubber) -> list[tuple[float, str]]:
    """A mark for each place; the first, the last and a few between have labels."""
    places = list(zip(slider.positions, slider.marks, strict=True))
    are_short = slider.even and max(len(mark) for mark in slider.marks) <= _SHORT
    labelled = _spread(slider.positions, _EVEN_MARKS if are_short else _LABELLED_MARKS)
    return [(position, mark if position in labelled else "") for position, mark in places]


def _spread(positions: list[float], most: int) -> set[float]:
    """About ``most`` of the positions, as far from each other as can be."""
    low, high = positions[0], positions[-1]
    wanted = [low + (high - low) * i / (most - 1) for i in range(most)]
    return {min(positions, key=lambda position: abs(position - want)) for want in wanted}
