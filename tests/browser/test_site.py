"""A website of one's own, opened from the disk with the network off, and from a plain host."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from backend.event_log import Entry, encode
from backend.problems import Problem
from backend.services import Services
from frontend.exports.site import site as site_module
from frontend.exports.site.folder import replaced
from frontend.exports.site.pages import site_page
from frontend.exports.site.site import made
from frontend.sheets.base import ComparisonSource, RunSource
from tests.browser import actions
from tests.browser.axe import nobody_is_kept_out
from tests.frontend.fakes import toy_events

CONFIG = {"dataset": "circle", "criteria": ["weight", "lrp"], "sparsities": [0.0, 1 / 3, 0.95]}


@pytest.fixture
def site(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site of two runs and their comparison, without pictures."""

    def no_browser() -> str:
        raise Problem(501, "No browser", "There is none.")

    # What drives the test's browser has the event loop that one for pictures would need.
    monkeypatch.setattr(site_module, "browser", no_browser)
    services.presence.announce("interactive", "a test")
    ids = []
    for title in ("First", "Second"):
        ids.append(services.runs.submit("toy", CONFIG, title).id)
        entries = [Entry(f"{i}-0", encode(event)) for i, event in enumerate(toy_events(), start=1)]
        assert services.runs.close(ids[-1], "done", entries=entries)
    sources = [*(RunSource(run=run_id) for run_id in ids), ComparisonSource(runs=ids)]
    with replaced(tmp_path / "site") as draft:
        for part in made(services, [site_page(services, source) for source in sources]):
            draft.add(part.files)
    return tmp_path / "site"


@pytest.fixture(params=["disk", "host"])
def address(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    """Where the site is opened."""
    if request.param == "disk":
        yield site.as_uri()
        return
    serving = partial(_Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), serving) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def test_from_the_index_to_a_page_whose_slider_moves(browser: Browser, address: str):
    context = browser.new_context(offline=address.startswith("file:"))
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{error} {error.stack}"))
    page.on("console", lambda message: wrong.append(message.text))
    here = (address, "data:", "blob:")
    page.on(
        "request", lambda asked: None if asked.url.startswith(here) else wrong.append(asked.url)
    )
    page.goto(f"{address}/index.html")
    nobody_is_kept_out(page)
    page.get_by_role("link", name="First").click()
    actions.wait_until_drawn(page)
    nobody_is_kept_out(page)
    expect(page.locator("[data-figure=panel-lrp].js-plotly-plot")).to_be_visible()
    page.locator("[data-track] input").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-live=place]")).to_contain_text("95.0 %")
    page.wait_for_function("() => location.hash === '#at=0.95'")
    page.reload()
    expect(page.locator("[data-live=place]")).to_contain_text("95.0 %")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch to").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.get_by_role("link", name="Next Second").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second")
    page.get_by_role("link", name="Pruning results").click()
    expect(page.get_by_role("article")).to_have_count(3)
    context.close()
    assert not wrong
