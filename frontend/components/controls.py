"""What figures are steered with: choosers, toggles, the slider."""

from __future__ import annotations

import json

from dash import html

from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.figures.chooser import Chooser
from frontend.figures.panels import Toggle
from frontend.figures.view import Scrubber


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


def enlarge_button(title: str) -> html.Button:
    """What gives a figure more room, and takes it back."""
    return html.Button(
        icon("enlarge"),
        type="button",
        className="enlarge",
        title="Larger or smaller",
        **attributes(data_action="enlarge", aria_pressed="false", aria_label=f"Enlarge {title}"),
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
    title = html.Span(slider.title, className="scrubber-title")
    # Not twice: some places are called after what the slider moves.
    words = [place] if start.startswith(slider.title) else [title, place]
    choosers = [chooser(choice) for choice in slider.choosers]
    # The browser puts the slider itself in, so that it works on pages without Dash, too.
    track = html.Div(className="track", **attributes(data_track=slider.title))
    body = [html.Div([*choosers, *words], className="scrubber-words"), track]
    return html.Div([play, html.Div(body, className="scrubber-body")], className="scrubber")
