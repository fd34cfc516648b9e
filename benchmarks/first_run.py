"""From the click to the picture, against the same computation without the web."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request

from benchmarks.report import Line, middle, show
from pruning.context import Context
from pruning.experiments.base import ExperimentConfig, execute, experiments
from tests.chromium import chromium
from tests.servers import running

REPEATS = 7
# Name, configuration, promised seconds to the first boundary and to the last frame.
CASES = [
    ("default network", {}, 1.0, 3.0),
    ("published network, 3 × 1000", {"hidden": [1000, 1000, 1000]}, None, 6.0),
]

# Notes when the click was, when a boundary was first on the screen, and when all frames were.
# A painting that was asked for in one frame is on the screen by the next one.
_STOPWATCH = """
expected => new Promise(resolve => {
  const root = document.documentElement, times = {};
  const shown = then => requestAnimationFrame(() => requestAnimationFrame(then));
  const heatmap = () => [...document.querySelectorAll('#run .panel [data-figure]')].some(
    plot => plot.data?.some(trace => trace.type === 'heatmap' && trace.z?.length));
  const look = () => {
    if (!times.first && heatmap()) {
      times.first = 0;
      shown(() => { times.first = performance.now() - times.click; });
    }
    if (Number(root.dataset.frames) >= expected && times.first)
      return shown(() => resolve({ first: times.first, last: performance.now() - times.click }));
    requestAnimationFrame(look);
  };
  const button = document.querySelector('[data-testid=run]');
  button.addEventListener('click', () => {
    times.click = performance.now();
    // The figures of the run before are still there for a moment.
    const gone = document.querySelector('#run');
    const wait = () => document.querySelector('#run') === gone && gone
      ? requestAnimationFrame(wait) : look();
    wait();
  }, { once: true });
  button.click();
})
"""


def main() -> bool:
    """Measure all cases."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as url, chromium() as page:
        kept = [_case(page, url, Path(folder), *case) for case in CASES]
        kept.append(_scrubbing(page))
    return all(kept)


def _case(
    page: Page,
    url: str,
    home: Path,
    name: str,
    values: dict[str, Any],
    first: float | None,
    last: float,
) -> bool:
    config = experiments["toy"].config.model_validate(values)
    _alone(config, home)  # trains the network, which both ways then load
    frames = _alone(config, home)[1]
    page.goto(f"{url}/runs/{_submitted(page, url, values)}")
    page.wait_for_selector("html[data-run-status=done]", timeout=120_000)
    browser, alone = [], []
    for _ in range(REPEATS):
        browser.append(page.evaluate(_STOPWATCH, frames))
        page.wait_for_selector("html[data-run-status=done]")
        alone.append(_alone(config, home)[0])
    to_first = middle([times["first"] for times in browser]) / 1000
    to_last = middle([times["last"] for times in browser]) / 1000
    lines = [
        Line("click → first boundary on the screen", to_first, "s", first),
        Line("click → all frames", to_last, "s", last),
        Line("the same run in one process, without the web", middle(alone), "s"),
        Line("overhead, first boundary", to_first / middle(alone), "×"),
        Line("overhead, all frames", to_last / middle(alone), "×", 1.5),
    ]
    return show(f"{name}: 4 criteria, 21 sparsities, 100 × 100 grid, {frames} frames", lines)


def _alone(config: ExperimentConfig, home: Path) -> tuple[float, int]:
    """Seconds that the run takes in this process, and how many frames it gives."""
    context = Context(data_dir=home / "data")
    start = time.perf_counter()
    events = list(execute(experiments["toy"], config, context))
    return time.perf_counter() - start, sum(event.kind == "frame" for event in events)


def _submitted(page: Page, url: str, values: dict[str, Any]) -> str:
    body = {"experiment": "toy", "config": values}
    answer = page.request.post(f"{url}/api/runs", data=body)
    assert answer.status == 201, answer.text()
    return str(answer.json()["id"])


def _scrubbing(page: Page) -> bool:
    """How many requests moving the slider through all places causes."""
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))
    slider = page.get_by_role("slider")
    slider.focus()
    moves = 0
    for key in ["ArrowLeft"] * 20 + ["ArrowRight"] * 20:
        before = slider.get_attribute("aria-valuenow")
        page.keyboard.press(key)
        page.wait_for_timeout(30)
        moves += slider.get_attribute("aria-valuenow") != before
    assert moves > 20, "the slider did not move"
    return show("Scrubbing", [Line(f"requests over {moves} moves", len(requests), "", 0)])
