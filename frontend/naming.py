"""What things are called on every page."""

from __future__ import annotations

from backend.queue_view import Active
from backend.runs import Run
from pruning.experiments.base import experiments
from pruning.recipes.base import Published


def experiment_title(run: Run | Active) -> str:
    """What a run's experiment is called, even if it is not installed any more."""
    known = run.experiment in experiments.names()
    return experiments[run.experiment].title if known else run.experiment


def origin(published: Published) -> str:
    """What a recipe's figures are: the paper's own, or those of a reproduction of it."""
    return "Published" if published.by == "paper" else "Reproduced by others"
