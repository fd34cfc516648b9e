"""A sweep from the form to the files that people take away, and a long one that is stopped."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import psutil
import pytest
from playwright.sync_api import Page, expect

from pruning.takeaway.weights import rebuild
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.conftest import Server, eventually

# How many points the curves of accuracy have while training goes on; false before the first.
EPOCHS_DRAWN = """() => {
  const traces = document.querySelector("[data-figure=training-accuracy]")?.data || [];
  return traces.reduce((sum, trace) => sum + (trace.x?.length || 0), 0) || false;
}"""


def points(page: Page, figure: str) -> int:
    """How many points a figure draws at the moment."""
    return sum(len(trace["x"] or []) for trace in actions.figure(page, figure)["data"])


def not_drawn(page: Page) -> int:
    """How many figures nobody has come to yet."""
    return page.locator(".plot[data-waiting]:empty").count()


def test_settings_of_a_criterion_are_seen_while_it_is_chosen(page: Page):
    actions.choose_experiment(page, "Pruning sweep")
    temperature = actions.field(page, "grasp.temperature")
    expect(temperature).to_be_hidden()
    actions.choose_criteria(page, "grasp")
    expect(temperature).to_be_visible()
    expect(temperature).to_have_value("200")
    actions.fill(page, **{"grasp.temperature": "-1"})
    page.locator("#submit").click()
    expect(temperature).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#form")).to_contain_text("has to be more than 0")
    actions.choose_criteria(page, "weight")
    expect(temperature).to_be_hidden()


def test_a_sweep_from_the_form_to_the_downloads(page: Page, tmp_path: Path):
    actions.choose_experiment(page, "Pruning sweep")
    actions.choose_criteria(page, "weight", "random")
    actions.fill(page, sparsities="0.5, 0.9", seeds="0")
    actions.unfold(page, "Training")
    actions.fill(page, epochs=150)
    actions.run(page)

    early = page.wait_for_function(EPOCHS_DRAWN, timeout=actions.PATIENCE).json_value()
    expect(page.locator("html")).to_have_attribute("data-run-status", "running")
    actions.wait_for(page, "done")
    assert early < points(page, "training-accuracy") == 2 * 150
    assert points(page, "curves-test") >= 6

    with page.expect_download() as download:
        page.get_by_test_id("csv-accuracy").click()
    header, *rows = Path(download.value.path()).read_text().splitlines()
    assert header.startswith("criterion,granularity,seed,sparsity_asked,sparsity_achieved")
    assert len(rows) == 6

    assert not_drawn(page) > 0
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not_drawn(page) == 0
    expect(page.locator("#form")).to_be_hidden()
    expect(page.get_by_test_id("table-accuracy")).to_be_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")

    files = {name: taken(page, tmp_path, name) for name in ("weights", "description (JSON)")}
    described, weights = files["description (JSON)"], files["weights"]
    network = rebuild(described, weights)
    told = json.loads(described.read_text())
    assert sum(p.numel() for p in network.parameters()) == told["measures"]["nonzero_parameters"]


def taken(page: Page, folder: Path, name: str) -> Path:
    """Download the first file of this name."""
    card = page.get_by_test_id("downloads")
    with page.expect_download() as download:
        card.get_by_role("link", name=name).first.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


@pytest.fixture
def photographs(server: Server) -> str:
    """A dataset in the format of CIFAR-10, of noise, that keeps a residual network busy."""
    draws = np.random.default_rng(0)
    arrays: dict[str, Any] = {}
    for part, count in (("train", 640), ("test", 64)):
        arrays[f"x_{part}"] = draws.integers(0, 256, (count, 32, 32, 3), np.uint8)
        arrays[f"y_{part}"] = np.arange(count) % 10
    file = io.BytesIO()
    np.savez(file, **arrays)
    name = "photographs"
    answer = httpx2.post(
        f"{server.url}/api/datasets?file={name}.npz&name={name}",
        content=file.getvalue(),
        headers={"Content-Type": "application/octet-stream"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return name


def training_children(server: Server) -> dict[int, int]:
    """The worker for training runs, its children, and what each is a child of."""
    found = {}
    for process in psutil.Process(server.process.pid).children(recursive=True):
        # One that ends meanwhile is a zombie, or not there any more: it works on nothing.
        with suppress(psutil.NoSuchProcess):
            if "worker training" in " ".join(process.cmdline()):
                found[process.pid] = process.ppid()
    return found


def test_a_long_training_is_cancelled_within_ten_seconds(
    open_page: OpenPage, server: Server, photographs: str
):
    config = {"dataset": photographs, "model": "resnet-20", "epochs": 100, "seeds": [0]}
    body = {"experiment": "sweep", "config": config}
    answer = httpx2.post(f"{server.url}/api/runs", json=body)
    assert answer.status_code == 201, answer.text
    page = open_page(f"/runs/{answer.json()['id']}")
    page.wait_for_function(EPOCHS_DRAWN, timeout=90_000)
    busy = training_children(server)
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector("html[data-run-status=cancelled]", timeout=10_000)
    assert points(page, "training-accuracy") > 0
    result = actions.result_of(page)
    assert result.status == "cancelled"
    assert result.series["training/accuracy"].x
    (worker,) = (process for process, parent in busy.items() if parent not in busy)
    eventually(
        lambda: busy.keys() & training_children(server).keys() == {worker},
        what="the process's end",
    )
