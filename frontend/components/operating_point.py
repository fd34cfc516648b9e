"""What the page of a sweep knows of its operating points beside what the result says.

``assets/pages/operating_point.js`` shows one when a point or a row is pressed.
"""

from __future__ import annotations

import json

from dash import html
from pydantic import ValidationError

from backend.operating_points import OF
from backend.run_model import Run
from frontend.components.attributes import attributes
from frontend.views.sweep.arms import arms
from pruning.experiments.sweep.config import SweepConfig
from pruning.initial_weights.pruned import start_name


def operating_points(run: Run) -> html.Div | None:
    """What the panel needs; none for runs that have no operating points."""
    if run.experiment != OF:
        return None
    try:
        config = SweepConfig.model_validate(SweepConfig.of_older(run.config))
    except ValidationError:
        # Of a version or a package that is not installed any more.
        return None
    known = {
        "run": run.id,
        "arms": {arm.key: arm.title for arm in arms(config)},
        "start": start_name("HASH"),
        "form": {"experiment": OF, "dataset": config.dataset, "model": config.model, "epochs": 0},
    }
    return html.Div(hidden=True, **attributes(data_operating_points=json.dumps(known)))
