"""Points and rows are pressed: the slider goes there, and a sweep shows and makes its network."""

from __future__ import annotations

from pathlib import Path

import httpx2
from playwright.sync_api import Page, expect

from pruning.data.image_base import image_datasets
from pruning.tensor_files import read_tensors
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.conftest import Server

SWEEP = {
    **{"epochs": 2, "criteria": ["weight"], "seeds": [0, 1], "sparsities": [0, 0.5, 0.9]},
    **{"reference_samples": 20, "latency_batch": 4, "take_away": []},
}
# Where on the screen the curve has its point at a sparsity.
POINT = """(node, x) => {
  const trace = node.data.findIndex(({ meta }) => meta.pressed && meta.labels.statistic === "mean");
  const { x: xs, y: ys } = node.data[trace];
  const { xaxis, yaxis } = node._fullLayout;
  const { left, top } = node.getBoundingClientRect();
  return [left + xaxis._offset + xaxis.d2p(x), top + yaxis._offset + yaxis.d2p(ys[xs.indexOf(x)])];
}"""


def press_point(page: Page, figure: str, x: float) -> None:
    actions.show(page, figure)
    node = page.locator(f"[data-figure={figure}]")
    place = node.evaluate(POINT, x)
    page.mouse.move(*place)
    expect(node).to_have_attribute("data-pressable", "")
    page.mouse.click(*place)


def test_a_point_is_pressed_and_its_network_taken_away(
    open_page: OpenPage, server: Server, tmp_path: Path
):
    body = {"experiment": "sweep", "config": SWEEP}
    run = httpx2.post(f"{server.url}/api/runs", json=body).raise_for_status().json()["id"]
    page = open_page(f"/runs/{run}")
    actions.wait_for(page, "done")
    press_point(page, "curves-test", 0.5)
    place, panel = page.locator("[data-live=place]").first, page.get_by_role("dialog")
    expect(place).to_have_text("50 % removed")
    expect(panel.get_by_role("heading")).to_have_text("Weight magnitude, units · 50 % removed")

    assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")

    rows = page.get_by_test_id("table-accuracy").locator("tbody tr")
    rows.first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(place).to_have_text("90 % removed")
    expect(panel.get_by_label("Seed")).to_have_value("1")
    accuracy = rows.nth(5).locator("td").nth(5).text_content()
    expect(panel.get_by_role("row", name="Accuracy").locator("td").nth(2)).to_have_text(accuracy)

    panel.get_by_role("button", name="Download this network").click()
    expect(panel.locator("pre")).to_contain_text("rebuild", timeout=actions.PATIENCE)
    with page.expect_download() as download:
        panel.get_by_role("link", name="weights").click()
    download.value.save_as(tmp_path / "weights.safetensors")
    tensors, _ = read_tensors(tmp_path / "weights.safetensors", "cpu")
    assert len(tensors["fc1.weight"]) == 30
    assert len(tensors["output.weight"]) == len(image_datasets["digits"].classes)

    panel.get_by_role("button", name="Use it as the start of another run").click()
    start = actions.field(page, "start")
    expect(start).to_have_value(
        "LeNet-300-100 on Digits 8×8, 90 % removed by Weight magnitude: " + str(accuracy),
        timeout=actions.PATIENCE,
    )
