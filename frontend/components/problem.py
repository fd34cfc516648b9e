"""What the server could not do, in words for people."""

from __future__ import annotations

import dash_mantine_components as dmc

from backend.problems import Problem
from frontend.components.attributes import attributes


def problem_alert(problem: Problem) -> dmc.Alert:
    """A problem as an alert: what is wrong, and what to do."""
    return dmc.Alert(
        problem.detail,
        title=problem.title,
        color="orange" if problem.status == 503 else "red",
        variant="light",
        className="problem",
        **attributes(data_testid="problem"),
    )
