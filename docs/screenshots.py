"""`make screenshots`: the pictures of the README, taken of real runs in a real browser.

``python -m docs.screenshots NAME …`` takes only those.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

from tests.chromium import launched
from tests.servers import running

HERE = Path(__file__).parent
CRITERIA = ["weight", "grad", "taylor", "lrp", "random"]
TOY = {"experiment": "toy", "config": {"dataset": "moon", "criteria": CRITERIA}}
STUDY = {"experiment": "toy_study", "config": {"training": "published"}}
SWEEP = {"experiment": "sweep", "config": {"granularities": ["unit", "weight"]}}
# The networks of the study are trained as published first.
PATIENCE = 3_600_000
NOTE = """**Which criterion keeps the boundary?**

- On *moons*, both rankings hold until more than half of the units are gone.
- On *circles*, relevance lets go earlier than magnitude.
"""


def run_of(request: dict[str, Any]) -> Callable[[Page, str], str]:
    """What starts a run, and says where its page is once it has ended."""

    def start(page: Page, url: str) -> str:
        return f"{url}/runs/{_run(page, url, request)}"

    return start


def dashboard(page: Page, url: str) -> str:
    """Two runs on a dashboard."""
    pair = {"criteria": ["weight", "lrp"]}
    moon, circle = (
        _run(page, url, {"experiment": "toy", "config": pair | {"dataset": name}})
        for name in ("moon", "circle")
    )
    boundary = {"part": "panel", "width": 3, "height": 6}
    panels = [
        {"id": "a", "runs": [moon], "figure": "weight", "x": 0, "y": 0, **boundary},
        {"id": "b", "runs": [moon], "figure": "lrp", "x": 3, "y": 0, **boundary},
        {"id": "c", "runs": [circle], "figure": "lrp", "x": 0, "y": 6, **boundary},
        {"id": "d", "note": NOTE, "title": "Note", "x": 3, "y": 6, "width": 3, "height": 6},
        {
            "id": "e",
            "runs": [moon, circle],
            "part": "curves",
            "x": 6,
            "y": 0,
            "width": 6,
            "height": 7,
        },
        {
            "id": "f",
            "runs": [circle],
            "part": "table-accuracy",
            "x": 6,
            "y": 7,
            "width": 6,
            "height": 5,
        },
    ]
    answer = page.request.post(
        f"{url}/api/dashboards", data={"title": "Magnitude or relevance?", "panels": panels}
    )
    return f"{url}/dashboards/{answer.json()['id']}"


# File, what is shown, colour scheme, width and height.
PICTURES: list[tuple[str, Callable[[Page, str], str], Literal["light", "dark"], int, int]] = [
    ("page-light", run_of(TOY), "light", 1280, 1080),
    ("page-dark", run_of(TOY), "dark", 1280, 1080),
    ("study-light", run_of(STUDY), "light", 1440, 1500),
    ("sweep-light", run_of(SWEEP), "light", 1440, 1700),
    ("dashboard-light", dashboard, "light", 1440, 1010),
]


def main(names: list[str]) -> None:
    """Make what each picture shows, then photograph its page."""
    with tempfile.TemporaryDirectory() as home, running(Path(home)) as url, launched() as browser:
        for name, make, theme, width, height in PICTURES:
            if names and name not in names:
                continue
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
            page.goto(make(page, url))
            page.wait_for_selector("html[data-settled=yes]", timeout=PATIENCE)
            page.wait_for_timeout(1500)
            page.screenshot(path=HERE / f"{name}.png")


def _run(page: Page, url: str, request: dict[str, Any]) -> str:
    """Carry out a run; its id."""
    run = page.request.post(f"{url}/api/runs", data=request).json()["id"]
    page.goto(f"{url}/runs/{run}")
    page.wait_for_selector("html[data-run-status=done]", timeout=PATIENCE)
    return str(run)


if __name__ == "__main__":
    main(sys.argv[1:])
