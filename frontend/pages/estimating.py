"""How long what the form says would take, before it is run."""

from __future__ import annotations

import asyncio
from typing import Any

from dash import Dash, Input, Output, html
from dash.exceptions import PreventUpdate

from backend.problems import Problem
from backend.services import Services
from frontend.callbacks import answers
from frontend.components.estimate import estimate_lines
from frontend.components.schema_form import entered
from frontend.pages.asked_values import KeptForm
from pruning.experiments.base import experiments


def add_estimate(app: Dash, services: Services) -> None:
    """Register what is said beside the button Run while the form is filled in."""

    @answers(
        app,
        Output("estimate", "children"),
        Input("estimate-asked", "data"),
        prevent_initial_call=True,
    )
    async def tell(asked: KeptForm | None) -> Any:
        if asked is None:
            raise PreventUpdate
        ids = [{"name": name} for name in asked["values"]]
        try:
            study = experiments[asked["experiment"]]
            config = entered(study.config, ids, list(asked["values"].values()))
            found = await asyncio.to_thread(services.estimates.asked, study.name, config)
        except Problem:
            # What is wrong is said when it is run, not while it is typed.
            return html.Span("No estimate: these settings cannot be run yet.", className="quiet")
        return estimate_lines(found)
