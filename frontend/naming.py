"""What things are called on every page."""

from __future__ import annotations

from backend.queue_view import Active
from backend.runs import Run
from pruning.experiments.base import experiments


def experiment_title(run: Run | Active) -> str:
    """What a run's experiment is called, even if it is not installed any more."""
    known = run.experiment in experiments.names()
    return experiments[run.experiment].title if known else run.experiment
