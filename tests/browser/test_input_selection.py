"""A mask is seen to form, and is scrubbed afterwards without asking the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from pruning.experiments.input_selection.config import InputSelectionConfig
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.conftest import Server, eventually
from tests.learned_masks import draw_images

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


def mask(page: Page) -> str:
    return str(actions.figure(page, "mask-mask")["data"][0])


@pytest.fixture(scope="module")
def finished(server: Server) -> str:
    run = submitted(server)
    status = f"{server.url}/api/runs/{run}"
    eventually(lambda: httpx2.get(status).json()["status"] == "done", actions.PATIENCE / 1000)
    return run


def pictured(page: Page) -> str | None:
    """The address of the picture that is drawn of the mask."""
    return page.evaluate(
        "() => document.querySelector('[data-figure=mask-mask] image')?.getAttribute('href')"
        " || document.querySelector('[data-figure=mask-mask] image')?.getAttribute('xlink:href')"
    )


def test_the_mask_forms_while_it_is_learned(server: Server, open_page: OpenPage):
    run = submitted(server, epochs=300, seeds=[7])
    page = open_page(f"/runs/{run}")
    page.locator("[data-figure=mask-mask] image").wait_for(timeout=actions.PATIENCE)
    first = pictured(page)
    page.wait_for_function(
        """first => {
          const image = document.querySelector('[data-figure=mask-mask] image');
          const now = image?.getAttribute('href') || image?.getAttribute('xlink:href');
          return now && now !== first;
        }""",
        arg=first,
        timeout=actions.PATIENCE,
    )
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
    page.wait_for_function(
        """last => {
          const image = document.querySelector('[data-figure=mask-mask] image');
          return (image?.getAttribute('href') || image?.getAttribute('xlink:href')) !== last;
        }""",
        arg=last,
    )
    assert [url for url in requests if not url.startswith("data:")] == []


def choose_images(page: Page, images: list[Path]) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose images").click()
    chooser.value.set_files(images)
    expect(page.locator(".chosen-images")).to_have_text(", ".join(each.name for each in images))


def test_a_mask_is_applied_to_images_of_ones_own(
    finished: str, open_page: OpenPage, tmp_path: Path
):
    page = open_page(f"/runs/{finished}")
    panel = page.get_by_test_id("apply")
    expect(panel.get_by_label("Mask").locator("option")).to_have_text(["Static"])
    apply = panel.get_by_role("button", name="Apply", exact=True)
    error, limit = panel.get_by_role("alert"), panel.get_by_label("At most Q")
    apply.click()
    expect(error).to_have_text("Choose images first.")
    images = draw_images(tmp_path, 2)
    choose_images(page, images)
    limit.fill("0.0001")
    apply.click()
    expect(error).to_contain_text("None sends at most 0.01 %; the least is")
    expect(page.locator(".chosen-images")).to_have_text("photo 0.png, photo 1.png")
    limit.fill("0.9")
    apply.click()
    page.wait_for_url(lambda url: not url.endswith(finished), timeout=actions.PATIENCE)
    actions.wait_for(page, "done")
    table = actions.result_of(page).tables["images"]
    assert [row[0] for row in table.rows] == [image.name for image in images]
    assert all(row[table.columns.index("q")] <= 0.9 for row in table.rows)
    for name in ("images-first", "images-both"):
        page.locator(f"[data-figure={name}] image").wait_for(timeout=actions.PATIENCE)
    expect(page.locator(".notes")).to_contain_text("bytes are saved")
    rows = page.locator("#run [data-table] tr")
    rows.last.scroll_into_view_if_needed()
    expect(rows.last).to_contain_text("photo 1.png")


def test_images_are_dropped_on_the_panel(finished: str, open_page: OpenPage):
    page = open_page(f"/runs/{finished}")
    panel = page.get_by_test_id("apply")
    panel.scroll_into_view_if_needed()
    dropped = page.evaluate_handle(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["no image"], "words.txt"));
          return data;
        }"""
    )
    panel.dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.locator(".chosen-images")).to_have_text("words.txt")
    panel.get_by_role("button", name="Apply", exact=True).click()
    expect(panel.get_by_role("alert")).to_have_text("words.txt is no PNG, JPEG or BMP image.")
