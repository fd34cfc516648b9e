"""`make screenshots`: the pictures of the README, taken of a real run in a real browser."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.chromium import launched
from tests.servers import running

HERE = Path(__file__).parent
CONFIG = {"dataset": "moon", "criteria": ["weight", "grad", "taylor", "lrp", "random"]}
PICTURES = [("light", 1280, 1080), ("dark", 1280, 1080)]


def main() -> None:
    """Run once, then photograph its page in every theme and size."""
    with tempfile.TemporaryDirectory() as home, running(Path(home)) as url, launched() as browser:
        address = None
        for theme, width, height in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
            address = address or _run(page, url)
            page.goto(address)
            page.wait_for_selector("html[data-run-status=done]", timeout=120_000)
            page.wait_for_timeout(1000)
            page.screenshot(path=HERE / f"page-{theme}.png")


def _run(page: Page, url: str) -> str:
    answer = page.request.post(f"{url}/api/runs", data={"experiment": "toy", "config": CONFIG})
    return f"{url}/runs/{answer.json()['id']}"


if __name__ == "__main__":
    main()
