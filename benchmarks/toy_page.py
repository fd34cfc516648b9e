"""The page of a toy run as an instrument: how smoothly its boundaries follow slider and clicks.

The page evaluates the network itself. It says so by ``data-live="yes"`` on its root, and tells of
every mask whose boundaries it has painted by an event, ``prunelab:evaluated``.
"""

from __future__ import annotations

import random
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, Request
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from rich.console import Console

from benchmarks.report import Line, show
from pruning.numbers import format_numbers
from tests.browser import actions
from tests.chromium import chromium
from tests.servers import running

# As often as a key that is held down repeats.
KEY_MS = 33
MOVES = 150
CLICKS = 100
# In time is what comes at the refresh of the screen that it was promised for: browsers tell of
# refreshes to a fraction of one.
REFRESH_MS = 1000 / 60
TOLERANCE = 0.5
SHARE = 95.0
PATIENCE_MS = 10_000


@dataclass(frozen=True)
class Case:
    """The width of three hidden layers, and the promised milliseconds of a frame."""

    width: int
    frame: float


CASES = [Case(100, 16), Case(300, 50)]

# Notes when frames begin, when people do something and at which place the slider is then, and when
# what belongs to a place is on the screen: a painting that was asked for in one frame is there by
# the next one.
_RECORDER = """
() => import("#results/stages.js").then(({ stages }) => {
  const record = { frames: [], inputs: [], paintings: [] };
  let isOn = true;
  const frame = (now) => { record.frames.push(now); if (isOn) requestAnimationFrame(frame); };
  const note = ({ timeStamp }) =>
    record.inputs.push({ time: timeStamp, at: stages.get("run").at });
  const noteClick = (event) => event.target.closest("[data-unit]") && note(event);
  const painted = ({ detail: { at, milliseconds } }) => {
    const told = performance.now();
    requestAnimationFrame(() => requestAnimationFrame((shown) =>
      record.paintings.push({ told, shown, at, milliseconds })));
  };
  // By the time that a key reaches the window, the slider has moved.
  window.addEventListener("keydown", note);
  window.addEventListener("click", noteClick, true);
  document.addEventListener("prunelab:evaluated", painted);
  requestAnimationFrame(frame);
  window.endRecord = () => {
    isOn = false;
    window.removeEventListener("keydown", note);
    window.removeEventListener("click", noteClick, true);
    document.removeEventListener("prunelab:evaluated", painted);
    return record;
  };
})
"""


def main() -> None:
    """Measure all cases."""
    with tempfile.TemporaryDirectory() as home, running(Path(home)) as url, chromium() as page:
        for case in CASES:
            page.goto(url)
            actions.unfold(page, "Network")
            actions.fill(page, hidden=format_numbers([case.width] * 3))
            actions.run(page)
            actions.wait_for(page, "done")
            actions.wait_until_drawn(page)
            measure(page, case)


def measure(page: Page, case: Case) -> None:
    """Use the page of a run that is done, and tell how it followed."""
    title = f"3 × {case.width} hidden units, 4 criteria, 100 × 100 grid"
    try:
        page.wait_for_selector("html[data-live=yes]", timeout=PATIENCE_MS)
    except PlaywrightTimeoutError:
        said = "this page evaluates no network (<html data-live> is not yes); nothing is measured."
        Console(width=110).print(f"{title}: {said}")
        return
    for what, use in (("moves of the slider", _scrub), ("clicks on units", _click)):
        with _recorded(page) as (record, requests):
            count = use(page, 3 * case.width)
        show(f"{title}: {count} {what}", _lines(record, requests, case))


@contextmanager
def _recorded(page: Page) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """What the page and its requests say during a ``with`` block."""
    record: dict[str, Any] = {}
    requests: list[str] = []

    def note(request: Request) -> None:
        requests.append(f"{request.method} {request.url}")

    page.evaluate(_RECORDER)
    page.on("request", note)
    yield record, requests
    actions.wait_until_drawn(page)
    # The last boundaries are on the screen a moment later.
    page.wait_for_timeout(4 * REFRESH_MS)
    page.remove_listener("request", note)
    record.update(page.evaluate("() => endRecord()"))


def _scrub(page: Page, _: int) -> int:
    """Hold an arrow key down, one way, then the other."""
    slider = actions.slider(page)
    slider.focus()
    page.keyboard.press("Home")
    for key in ("ArrowRight", "ArrowLeft"):
        for _ in range(MOVES // 2):
            page.keyboard.press(key)
            page.wait_for_timeout(KEY_MS)
    return MOVES


def _click(page: Page, units: int) -> int:
    """Remove hidden units from the diagram, each by a click."""
    chosen = random.Random(0).sample(range(units), CLICKS)
    for unit in chosen:
        page.locator(f'button[data-unit="{unit}"]').click(timeout=PATIENCE_MS)
    return CLICKS


def _lines(record: dict[str, Any], requests: list[str], case: Case) -> list[Line]:
    frames = [after - before for before, after in pairwise(record["frames"])]
    limit = case.frame + TOLERANCE * REFRESH_MS
    share = 100 * float(np.mean([frame <= limit for frame in frames]))
    inputs, paintings = record["inputs"], record["paintings"]
    computed = [painting["milliseconds"] for painting in paintings]
    return [
        Line(f"frames within {case.frame:g} ms", share, "%", at_least=SHARE),
        *_percentiles("frame", frames),
        *_percentiles("input → its boundary on the screen", latencies(inputs, paintings)),
        *_percentiles("    of which evaluating", computed),
        Line("boundaries painted per input", len(paintings) / max(1, len(inputs))),
        Line(f"requests{''.join(f'; {each}' for each in requests)}", len(requests), "", 0),
    ]


def _percentiles(what: str, values: Sequence[float]) -> list[Line]:
    if not values:
        return [Line(f"{what}: never", float("nan"), "ms")]
    ranks = (50, 95, 99)
    found = np.percentile(values, ranks)
    return [
        Line(f"{what}: {rank} %", float(value), "ms")
        for rank, value in zip(ranks, found, strict=True)
    ]


def latencies(
    inputs: Sequence[dict[str, float]], paintings: Sequence[dict[str, float]]
) -> list[float]:
    """The milliseconds from each input until the screen shows what belongs to it or a later one.

    An input that another one overtakes need not be seen by itself. Those that are never followed
    by a boundary, such as steps beyond the last place, are left out.
    """
    shown = [(_cause(painting, inputs), painting["shown"]) for painting in paintings]
    waits = []
    for place, made in enumerate(inputs):
        times = [time for cause, time in shown if cause >= place]
        if times:
            waits.append(min(times) - made["time"])
    return waits


def _cause(painting: dict[str, float], inputs: Sequence[dict[str, float]]) -> int:
    """Which input a painting shows: the last one before it that led to its place."""
    before = bisect_right([made["time"] for made in inputs], painting["told"])
    led = (place for place in reversed(range(before)) if inputs[place]["at"] == painting["at"])
    return next(led, -1)
