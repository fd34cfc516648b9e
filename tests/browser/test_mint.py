"""Scores are seen before a run is done; a cutoff paints what would go without a request."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pruning.events import Result
from pruning.experiments.mint.config import MintConfig
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.conftest import Server, eventually

CONFIG = MintConfig.model_validate(
    {
        "epochs": 1,
        "retrain_epochs": 0,
        "training_images": 400,
        "test_images": 100,
        "groups": "5",
        "samples_per_class": "12",
        "latency_batch": 8,
        "variants": "mint",
        "prune_layers": "fc2",
        "percentages": "60",
    }
)
MAP = "[data-figure=scores-map]"


def submitted(server: Server, **changes: Any) -> str:
    config = CONFIG.model_copy(update=changes).model_dump(mode="json")
    body = {"experiment": "mint", "config": config}
    return httpx2.post(f"{server.url}/api/runs", json=body).raise_for_status().json()["id"]


@pytest.fixture(scope="module")
def finished(server: Server) -> str:
    run = submitted(server)
    status = f"{server.url}/api/runs/{run}"
    eventually(lambda: httpx2.get(status).json()["status"] == "done", actions.PATIENCE / 1000)
    return run


def blocks(result: Result, layer: str) -> tuple[np.ndarray, np.ndarray]:
    """The scores of a layer, and how many weights each has."""
    [frame] = result.frames[f"scores/{layer}"]
    return frame.arrays["scores"].numpy(), frame.arrays["weights"].numpy()


def drawn(page: Page) -> tuple[np.ndarray, np.ndarray]:
    """The map as it is drawn, and what of it is orange."""
    every, gone = (
        np.array(trace["z"], float) for trace in actions.figure(page, "scores-map")["data"]
    )
    return every, gone == 1


def share_of_layer(page: Page) -> float:
    """What stands above the map, in per cent."""
    [said] = page.locator("#run").get_by_text("of the layer").all_inner_texts()
    return float(said.removeprefix("of the layer ").removesuffix(" %"))


def test_the_map_is_there_long_before_the_run_is_done(server: Server, open_page: OpenPage):
    # Four times the half minute that one percentage takes: it is cancelled in the middle.
    run = submitted(server, retrain_epochs=1000, percentages=[20, 40, 60, 80])
    page = open_page(f"/runs/{run}")
    page.locator(MAP).scroll_into_view_if_needed(timeout=actions.PATIENCE)
    page.locator(f"{MAP}.js-plotly-plot").wait_for(timeout=actions.PATIENCE)
    every, _ = drawn(page)
    assert every.shape == (5, 5)
    assert np.isfinite(every).any()
    # Nobody waits behind what is left of it.
    httpx2.post(f"{server.url}/api/runs/{run}/cancel").raise_for_status()
    actions.wait_for(page, "cancelled")


def test_a_table_that_no_rows_have_come_to_is_left_out_and_says_why(
    server: Server, finished: str, open_page: OpenPage
):
    # The network has no such layer, which its run finds out where nobody has described it before.
    for description in (server.home / "data" / "models").glob("resnet-20-*"):
        description.unlink()
    page = open_page(f"/runs/{submitted(server, model='resnet-20', prune_layers=['fc9'])}")
    actions.wait_for(page, "failed")
    cards = page.locator("[data-testid^=table-]")
    for card in cards.all():
        expect(card).to_contain_text("No rows: the run failed before there were any.")
        expect(card.get_by_role("table")).to_be_hidden()
    assert cards.count() == 4
    page = open_page(f"/runs/{finished}")
    for card in page.locator("[data-testid^=table-]").all():
        expect(card.get_by_role("table")).to_be_visible()
        expect(card).not_to_contain_text("No rows")


def test_the_cutoff_paints_what_goes_without_asking_the_server(finished: str, open_page: OpenPage):
    page = open_page(f"/runs/{finished}")
    scores, weights = blocks(actions.result_of(page), "fc1")
    actions.wait_until_drawn(page)
    every, _ = drawn(page)
    np.testing.assert_array_equal(every, scores)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    shares = []
    actions.slider(page).focus()
    for keys, place in (
        (["Home"], 0),
        (["PageUp"] * 10, 0.1),
        (["ArrowRight"], 0.101),
        (["End"], 1),
    ):
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator("[data-live=place]")).to_have_text(f"Cutoff {place:g}")
        _, gone = drawn(page)
        np.testing.assert_array_equal(gone, scores < place + 1e-6)
        share = 100 * weights[gone].sum() / weights.sum()
        assert share_of_layer(page) == pytest.approx(share, abs=0.0501)
        shares.append(share)
    assert shares[0] < shares[1] <= shares[2] < shares[3] == 100
    assert requests == []


def test_a_picture_of_the_map_names_the_layer_and_the_cutoff_that_it_shows(
    finished: str, open_page: OpenPage
):
    page = open_page(f"/runs/{finished}#at=0.3&layer=output")
    actions.wait_until_drawn(page)
    menu = page.get_by_test_id("export-menu")
    menu.locator("summary").click()
    for figure, title in (
        ("Scores", "output · Cutoff 0.3"),
        ("Two draws of samples", "output"),
    ):
        section = "What the layers tell each other"
        menu.get_by_label("Figure", exact=True).select_option(label=f"{section} · {figure}")
        with page.expect_download() as download:
            menu.locator("[data-export=svg]").click()
        text = download.value.path().read_text()
        [head] = re.findall(r'class="gtitle"[^>]*>(.*?)</text>', text)
        # A long title is on two lines.
        told = " ".join(re.sub("<[^>]*>", " ", head).split())
        assert told.startswith(f"Digits 8×8 · {section} · {figure} · {title}")


def test_another_layer_has_another_map_and_a_reload_shows_the_same(
    finished: str, open_page: OpenPage
):
    page = open_page(f"/runs/{finished}")
    result = actions.result_of(page)
    for layer in ("fc2", "output", "fc1"):
        page.locator("[data-chooser=layer]").select_option(layer)
        actions.wait_until_drawn(page)
        every, _ = drawn(page)
        np.testing.assert_array_equal(every, blocks(result, layer)[0])
    before = (*drawn(page), share_of_layer(page))
    # Where the page begins by itself is nothing that the address has to say.
    page.wait_for_function("() => location.hash === ''")
    page.reload()
    actions.wait_until_drawn(page)
    for one, other in zip(before, (*drawn(page), share_of_layer(page)), strict=True):
        np.testing.assert_array_equal(one, other)
