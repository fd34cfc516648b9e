"""A mask is seen to form, and is scrubbed afterwards without asking the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pruning.experiments.input_selection.config import InputSelectionConfig
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.conftest import Server, eventually
from tests.learned_masks import draw_images

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


def saved(path: Path, importances: np.ndarray) -> Path:
    np.save(path, importances)
    return path


def upload(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload…").click()
    chooser.value.set_files(file)


def test_importances_are_uploaded_in_the_form_and_deleted_on_the_page_of_datasets(
    open_page: OpenPage, server: Server, tmp_path: Path
):
    page = open_page("/?experiment=input_selection&kinds=given&seeds=0&epochs=1&remove_every=1")
    field = actions.field(page, "importances")
    upload(page, saved(tmp_path / "flat.npy", np.ones((8, 8))))
    form = page.locator("#form")
    expect(form).to_contain_text("flat.npy: all importances are 1, so that they rank nothing")
    upload(page, saved(tmp_path / "wide.npy", np.arange(784.0).reshape(28, 28)))
    expect(field).to_have_value("wide.npy")
    expect(form).not_to_contain_text("rank nothing")
    page.get_by_test_id("run").click()
    expect(form).to_contain_text("the importances are 28 × 28: they have to be 8 × 8")
    upload(page, saved(tmp_path / "rising.npy", np.arange(64.0).reshape(8, 8)))
    expect(field).to_have_value("rising.npy")
    expect(form).not_to_contain_text("28 × 28")
    actions.run(page)
    config = httpx2.get(page.url.replace("/runs/", "/api/runs/")).json()["config"]
    assert config["importances"] == "rising.npy"
    actions.wait_for(page, "done")

    page.goto(f"{server.url}/datasets")
    files = page.get_by_test_id("importances")
    for name in ("rising.npy", "wide.npy"):
        files.get_by_role("button", name=f"Delete {name}").click()
        question = page.get_by_role("dialog", name=f"Delete the importances {name}?")
        question.get_by_role("button", name="Delete").click()
        expect(page.get_by_text(name)).to_have_count(0)
    assert httpx2.get(f"{server.url}/api/importances").json() == []


def test_what_fits_nothing_is_said_beside_its_field(open_page: OpenPage):
    page = open_page(
        "/?experiment=input_selection&granularity=9x9&thumbnails=9&tau_min=2&remove_every=500"
    )
    page.get_by_test_id("run").click()
    for name, said in (
        ("granularity", "choose at most 8x8"),
        ("thumbnails", "have to be smaller than the images"),
        ("tau_min", "choose a smallest τ of at most that"),
        ("remove_every", "training has 400 steps"),
    ):
        field = actions.field(page, name)
        expect(field).to_have_attribute("aria-invalid", "true")
        control = field.locator("xpath=ancestor::*[contains(@class, 'InputWrapper-root')][1]")
        expect(control).to_contain_text(said)
    actions.fill(page, granularity="4x4")
    expect(actions.field(page, "granularity")).not_to_have_attribute("aria-invalid", "true")


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
