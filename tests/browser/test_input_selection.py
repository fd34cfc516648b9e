"""A mask is seen to form, and is scrubbed afterwards without asking the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from pruning.experiments.input_selection.config import InputSelectionConfig
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.conftest import Server, eventually

# What Plotly draws a picture as.
PICTURED = (
    "document.querySelector('[data-figure=mask-mask] image')"
    "?.getAttributeNS('http://www.w3.org/1999/xlink', 'href')"
)
CONFIG = InputSelectionConfig(
    kinds=["static"],
    epochs=40,
    warmup_epochs=2,
    seeds=[0],
    logit_init=0.5,
    mask_learning_rate=0.05,
    lambda_patience=0,
    lambda_threshold=1,
    test_images=100,
)


def submitted(server: Server, **changes: Any) -> str:
    config = CONFIG.model_copy(update=changes).model_dump(mode="json")
    body = {"experiment": "input_selection", "config": config}
    return httpx2.post(f"{server.url}/api/runs", json=body).json()["id"]


@pytest.fixture(scope="module")
def finished(server: Server) -> str:
    run = submitted(server)
    status = f"{server.url}/api/runs/{run}"
    eventually(lambda: httpx2.get(status).json()["status"] == "done", actions.PATIENCE / 1000)
    return run


def pictured(page: Page) -> str | None:
    """The address of the picture that is drawn of the mask."""
    return page.evaluate(f"() => {PICTURED}")


def another(page: Page, than: str | None) -> str | None:
    """The picture that is there once it is not that one."""
    page.wait_for_function(
        f"than => {PICTURED} && {PICTURED} !== than", arg=than, timeout=actions.PATIENCE
    )
    return pictured(page)


def test_the_mask_forms_while_it_is_learned(server: Server, open_page: OpenPage):
    run = submitted(server, epochs=300, seeds=[7])
    page = open_page(f"/runs/{run}")
    page.locator("[data-figure=mask-mask] image").wait_for(timeout=actions.PATIENCE)
    first = pictured(page)
    another(page, first)
    page.reload()
    page.locator("[data-figure=mask-mask] image").wait_for(timeout=actions.PATIENCE)
    assert pictured(page) != first
    # Nobody waits behind what is left of it.
    httpx2.post(f"{server.url}/api/runs/{run}/cancel").raise_for_status()
    actions.wait_for(page, "cancelled")


def test_the_slider_scrubs_the_mask_without_asking_the_server(finished: str, open_page: OpenPage):
    page = open_page(f"/runs/{finished}")
    page.locator("[data-figure=mask-mask]").scroll_into_view_if_needed()
    page.locator("[data-figure=mask-mask] image").wait_for(timeout=actions.PATIENCE)
    expect(page.locator("[data-live=place]")).to_have_text("Epoch 40")
    last = pictured(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    actions.slider(page).focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-live=place]")).to_have_text("Epoch 1")
    another(page, last)
    assert [url for url in requests if not url.startswith("data:")] == []


def test_the_exported_page_scrubs_it_without_a_network(
    finished: str, server: Server, browser: Browser, tmp_path: Path
):
    exported = httpx2.get(f"{server.url}/api/runs/{finished}/export.html").raise_for_status()
    document = tmp_path / "run.html"
    document.write_bytes(exported.content)
    with browser.new_context(offline=True) as anywhere:
        page = anywhere.new_page()
        page.goto(document.as_uri())
        page.locator("[data-figure=mask-mask]").scroll_into_view_if_needed()
        page.locator("[data-figure=mask-mask] image").wait_for()
        last = pictured(page)
        page.locator("[data-track] input").focus()
        page.keyboard.press("Home")
        expect(page.locator("[data-live=place]")).to_have_text("Epoch 1")
        assert another(page, last)
