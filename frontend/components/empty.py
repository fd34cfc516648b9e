"""What the workbench shows before any run: the places where things will appear."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from backend.runs import Run
from frontend.components import figures
from frontend.components.attributes import attributes
from frontend.components.run_list import run_list
from frontend.views.base import view_of
from pruning.experiments.base import experiments


def empty_panel(experiment: str, latest: Sequence[Run]) -> html.Div:
    """Empty panels of the default configuration, and the latest runs."""
    study = experiments[experiment]
    view = view_of(experiment, study.config())
    recent = [html.H3("Latest runs"), run_list(latest)] if latest else []
    return html.Div(
        [
            html.Div(
                [
                    html.H1("See what pruning does to a neural network"),
                    html.P(
                        "Press Run: a small network learns, criteria rank its hidden units, and "
                        "you scrub through what is left of its decision boundary."
                    ),
                ],
                className="hero",
            ),
            figures.ghosts(view),
            html.Div(recent, className="recent"),
        ],
        className="empty",
        **attributes(data_testid="empty"),
    )
