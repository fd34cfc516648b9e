"""What things are called on every page."""

from __future__ import annotations

from backend.queue_view import Active
from backend.runs import Run
from frontend.views.base import view_of_stored
from pruning.experiments.base import experiments


def experiment_title(run: Run | Active) -> str:
    """What a run's experiment is called, even if it is not installed any more."""
    known = run.experiment in experiments.names()
    return experiments[run.experiment].title if known else run.experiment


def run_title(run: Run) -> str:
    """What a run is called: its title, or else its experiment and what that was done to."""
    return run.title or untitled(run)


def untitled(run: Run) -> str:
    """What a run is called where people have given it no title."""
    subject = view_of_stored(run.experiment, run.config).summary.partition(" · ")[0]
    return ": ".join(filter(None, (experiment_title(run), subject)))
