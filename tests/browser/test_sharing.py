"""From two runs to a link for anybody: compare, arrange, share, embed, revoke."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser import actions
from tests.conftest import Server

# A page that is elsewhere: another port is another origin.
EMBEDDING = '<!DOCTYPE html><title>elsewhere</title><iframe src="{}" width=900 height=700></iframe>'


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A web server of a folder, at an origin of its own."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def run_toy(page: Page, dataset: str, *criteria: str) -> str:
    """Run it from the form; its id."""
    page.goto(page.url.split("/runs/")[0])
    page.wait_for_selector("#form")
    actions.choose_dataset(page, dataset)
    actions.choose_criteria(page, *criteria)
    actions.run(page)
    actions.wait_for(page, "done")
    return page.url.rsplit("/", 1)[1]


def add_figures(page: Page, runs: int, *titles: str) -> None:
    """Add these parts of the newest runs to the dashboard."""
    page.locator("[data-action=add-figure]").click()
    dialog = page.get_by_role("dialog")
    for place in range(runs):
        dialog.locator(".choose-runs input").nth(place).check()
    for details in dialog.locator("details").all():
        details.evaluate("node => (node.open = true)")
    for title in titles:
        dialog.locator(".choose-parts label", has_text=title).first.locator("input").check()
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_have_count(0)


def slider(page: Page | FrameLocator):
    return page.locator("[data-track] input").first


def is_drawn(page: Page | FrameLocator, figure: str) -> None:
    expect(page.locator(f"[data-figure={figure}].js-plotly-plot").first).to_be_visible(
        timeout=actions.PATIENCE
    )


def boundary(page: Page) -> list:
    """What the boundary of the first panel shows."""
    actions.wait_until_drawn(page)
    return page.evaluate(
        "() => Array.from(document.querySelector('[data-figure=panel-lrp]').data[0].z.at(-1))"
    )


@pytest.fixture
def shared(page: Page) -> tuple[Page, str]:
    """A page that shows a dashboard of two runs, and the link of its share."""
    runs = [run_toy(page, title, "weight", "lrp") for title in ("Moons", "Circles")]
    origin = page.url.split("/runs/")[0]
    page.goto(f"{origin}/compare?runs={','.join(runs)}")
    actions.wait_until_drawn(page)
    assert page.locator(".js-plotly-plot").count() >= 3
    page.goto(f"{origin}/dashboards")
    page.get_by_role("button", name="New dashboard").click()
    add_figures(page, 1, "Layer-wise relevance", "Accuracy against sparsity")
    add_figures(page, 2, "Decision boundaries side by side", "What differs")
    page.locator("[data-action=add-note]").click()
    page.locator(".note-text").fill("# Circles <b>and</b> moons")
    page.locator(".board-name").fill("Two datasets")
    page.keyboard.press("Enter")
    expect(page.locator("#board-saved")).to_have_text("Saved")
    expect(page.locator(".grid-stack-item")).to_have_count(5)
    page.reload()
    expect(page.locator(".grid-stack-item")).to_have_count(5)
    expect(page.locator(".board-name")).to_have_value("Two datasets")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make the link").click()
    made = page.get_by_test_id("share-made")
    link = made.get_by_label("Link").input_value()
    page.get_by_role("button", name="Close").click()
    return page, link


def test_a_dashboard_is_shared_opened_elsewhere_embedded_and_revoked(
    shared: tuple[Page, str], browser: Browser, server: Server, tmp_path: Path
):
    page, link = shared
    fresh = browser.new_context()
    anybody = fresh.new_page()
    asked: list[str] = []
    anybody.on("request", lambda request: asked.append(request.url))
    anybody.goto(link)
    is_drawn(anybody, "panel-lrp")
    expect(anybody.get_by_role("heading", name="Two datasets")).to_be_visible()
    expect(anybody.locator(".note h1")).to_have_text("Circles <b>and</b> moons")
    before = boundary(anybody)
    slider(anybody).focus()
    anybody.keyboard.press("End")
    expect(anybody.locator("[data-live=place]").first).to_contain_text("95.0 %")
    assert boundary(anybody) != before
    data = [url for url in asked if "/assets/" not in url and "/_dash" not in url]
    assert len(data) == 2  # The page, and its data once.

    (tmp_path / "index.html").write_text(EMBEDDING.format(link.replace("/shares/", "/embed/")))
    (tmp_path / "app.html").write_text(EMBEDDING.format(server.url))
    with serving(tmp_path) as elsewhere:
        anybody.goto(f"{elsewhere}/index.html")
        is_drawn(anybody.frame_locator("iframe"), "panel-lrp")
        anybody.goto(f"{elsewhere}/app.html")
        expect(anybody.frame_locator("iframe").locator("#page")).to_have_count(0)

    page.goto(f"{server.url}/shares")
    page.get_by_role("button", name="Revoke").first.click()
    page.locator("[data-share=revoke]").first.click()
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    answer = anybody.goto(link)
    assert answer is not None
    assert answer.status == 404
    expect(anybody.locator(".js-plotly-plot")).to_have_count(0)
    fresh.close()
