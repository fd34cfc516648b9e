"""From the click to the picture, against the same computation without the web."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request

from benchmarks.report import Line, middle, show
from pruning.context import Context
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.numbers import format_numbers
from tests.browser import actions
from tests.chromium import chromium
from tests.servers import running

REPEATS = 7
OVERHEAD = 1.5
NEVER_TRAINED = 1000


@dataclass(frozen=True)
class Case:
    """A configuration, and what is promised: seconds, or no more than so many times as long."""

    name: str
    hidden: int
    trained: bool
    first: float | None = None
    last: float | None = None
    overhead: float | None = None


CASES = [
    Case("default network, trained already", 100, True, first=0.25, last=0.35),
    Case("default network, trained in the same run", 100, False, overhead=OVERHEAD),
    Case("published network, 3 × 1000, trained already", 1000, True, overhead=OVERHEAD),
]

# Notes when the click was, when a boundary was first on the screen, when the last frame was there,
# and when curves and table were drawn to the end as well.
# A painting that was asked for in one frame is on the screen by the next one.
_STOPWATCH = """
expected => import("#results/stages.js").then(({ stages }) => new Promise(resolve => {
  const root = document.documentElement, times = {};
  const shown = then => requestAnimationFrame(() => requestAnimationFrame(then));
  // A panel that still shows the run before is stale.
  const panels = '#run .panel [data-figure]:not(.stale)';
  const heatmap = () => [...document.querySelectorAll(panels)].some(
    plot => plot.data?.some(trace => trace.type === 'heatmap' && trace.z?.length));
  const look = () => {
    if (times.first === undefined && heatmap()) {
      times.first = 0;
      shown(() => { times.first = performance.now() - times.click; });
    }
    if (times.last === undefined && Number(root.dataset.frames) >= expected) {
      times.last = 0;
      shown(() => { times.last = performance.now() - times.click; });
    }
    if (times.first && times.last && root.dataset.settled === 'yes')
      return shown(() => resolve({ ...times, drawn: performance.now() - times.click }));
    requestAnimationFrame(look);
  };
  const button = document.querySelector('[data-testid=run]');
  button.addEventListener('click', () => {
    times.click = performance.now();
    const before = stages.get('run');
    const wait = () => stages.get('run') === before ? requestAnimationFrame(wait) : look();
    wait();
  }, { once: true });
  button.click();
}))
"""


def main() -> None:
    """Measure all cases."""
    with (
        tempfile.TemporaryDirectory() as home,
        running(Path(home)) as url,
        chromium() as page,
    ):
        for case in CASES:
            _case(page, url, case)
        _scrubbing(page)


def _case(page: Page, url: str, case: Case) -> None:
    """Run the same configurations in the browser and alone, by turns."""
    page.goto(url)
    actions.unfold(page, "Network")
    browser, alone, frames = [], [], 0
    with tempfile.TemporaryDirectory() as home:
        for repeat in range(1 + REPEATS):
            seed = 0 if case.trained else NEVER_TRAINED + repeat
            # The very same is not run twice; other samples cost the same.
            values = {
                "hidden": [case.hidden] * 3,
                "train_seed": seed,
                "reference_seed": repeat,
            }
            seconds, frames = _alone(values, Path(home))
            times = _in_browser(page, values, frames)
            # The first run is for warming up: it trains the networks that are not to be trained.
            if repeat:
                alone.append(seconds)
                browser.append(times)
    to_first = middle([times["first"] for times in browser]) / 1000
    to_last = middle([times["last"] for times in browser]) / 1000
    to_end = middle([times["drawn"] for times in browser]) / 1000
    lines = [
        Line("click → first boundary on the screen", to_first, "s", case.first),
        Line("click → last frame", to_last, "s", case.last),
        Line("click → curves and table drawn to the end", to_end, "s"),
        Line("the same run in one process, without the web", middle(alone), "s"),
        Line("overhead, first boundary", to_first / middle(alone), "×"),
        Line("overhead, last frame", to_last / middle(alone), "×", case.overhead),
    ]
    show(f"{case.name}: 4 criteria, 21 sparsities, 100 × 100 grid, {frames} frames", lines)


def _in_browser(page: Page, values: dict[str, Any], frames: int) -> dict[str, float]:
    """Fill the form in, press Run, and return the milliseconds to what _STOPWATCH notes."""
    actions.fill(page, **values | {"hidden": format_numbers(values["hidden"])})
    times: dict[str, float] = page.evaluate(_STOPWATCH, frames)
    page.wait_for_selector("html[data-run-status=done]")
    return times


def _alone(values: dict[str, Any], home: Path) -> tuple[float, int]:
    """Seconds that the run takes in this process, and how many frames it gives."""
    config = experiments["toy"].config.model_validate(values)
    context = Context(data_dir=home)
    start = time.perf_counter()
    events = list(execute(experiments["toy"], config, context))
    return time.perf_counter() - start, sum(event.kind == "frame" for event in events)


def _scrubbing(page: Page) -> None:
    """How many requests moving the slider through all places causes."""
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))
    slider = page.get_by_role("slider")
    slider.focus()
    moves = 0
    for key in ["ArrowLeft"] * 20 + ["ArrowRight"] * 20:
        before = slider.get_attribute("aria-valuetext")
        page.keyboard.press(key)
        page.wait_for_timeout(30)
        moves += slider.get_attribute("aria-valuetext") != before
    assert moves > 20, "the slider did not move"
    asked = "".join(f"; {request.method} {request.url}" for request in requests)
    show("Scrubbing", [Line(f"requests over {moves} moves{asked}", len(requests), "", 0)])
