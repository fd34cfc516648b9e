"""`make screenshots`: the pictures of the README, taken of a real run in a real browser."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

from tests.chromium import launched
from tests.servers import running

HERE = Path(__file__).parent
CRITERIA = ["weight", "grad", "taylor", "lrp", "random"]
TOY = {"experiment": "toy", "config": {"dataset": "moon", "criteria": CRITERIA}}
STUDY = {"experiment": "toy_study", "config": {}}
SWEEP = {"experiment": "sweep", "config": {"granularities": ["unit", "weight"]}}
PATIENCE = 600_000
# File, what was run, colour scheme, width and height.
PICTURES: list[tuple[str, dict[str, Any], Literal["light", "dark"], int, int]] = [
    ("page-light", TOY, "light", 1280, 1080),
    ("page-dark", TOY, "dark", 1280, 1080),
    ("study-light", STUDY, "light", 1440, 1500),
    ("sweep-light", SWEEP, "light", 1440, 1700),
]


def main() -> None:
    """Run each once, then photograph its page in every theme and size."""
    addresses: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as home, running(Path(home)) as url, launched() as browser:
        for name, request, theme, width, height in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
            experiment = request["experiment"]
            if experiment not in addresses:
                addresses[experiment] = _run(page, url, request)
            page.goto(addresses[experiment])
            page.wait_for_selector("html[data-run-status=done]", timeout=PATIENCE)
            page.wait_for_selector("html[data-settled=yes]")
            page.wait_for_timeout(1000)
            page.screenshot(path=HERE / f"{name}.png")


def _run(page: Page, url: str, request: dict[str, Any]) -> str:
    answer = page.request.post(f"{url}/api/runs", data=request)
    return f"{url}/runs/{answer.json()['id']}"


if __name__ == "__main__":
    main()
