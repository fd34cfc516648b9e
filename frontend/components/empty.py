"""What the workbench shows before any run: the places where things will appear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from pydantic import ValidationError

from backend.runs import Run
from frontend.components.attributes import attributes
from frontend.components.ghosts import ghosts
from frontend.components.run_list import run_list
from frontend.components.tour_offer import tour_offer
from frontend.figures.view import View
from frontend.views.base import face_of, view_of
from pruning.experiments.base import experiments


def empty_panel(experiment: str, values: Mapping[str, Any], latest: Sequence[Run]) -> html.Div:
    """Empty figures of a configuration, and the latest runs."""
    study, face = experiments[experiment], face_of(experiment)
    headline, invitation = face.headline or study.title, face.invitation or study.description
    view = _view(experiment, values)
    recent = [html.H2("Latest runs"), run_list(latest)] if latest else []
    return html.Div(
        [
            html.Div([html.H1(headline), html.P(invitation), tour_offer()], className="hero"),
            ghosts(view) if view.sections else None,
            html.Div(recent, className="recent"),
        ],
        className="empty",
        **attributes(data_testid="empty"),
    )


def _view(experiment: str, values: Mapping[str, Any]) -> View:
    """The view of the configuration, or of the default one."""
    config = experiments[experiment].config
    try:
        return view_of(experiment, config.model_validate(values))
    except ValidationError:
        return view_of(experiment, config())
