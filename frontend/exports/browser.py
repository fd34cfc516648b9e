"""Draw figures outside a page of the server: a page of their own, in the system's Chromium.

The page is the self-contained one, with nothing in it but the figures that are wanted and what
fills them, and ``assets/pages/export.js`` draws there, with what draws on every page. One browser
draws all figures of a request, and one request is drawn at a time: a browser takes several hundred
megabytes.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.request import urlopen

import orjson

from backend.problems import Problem, unavailable
from frontend.documents.document import document
from frontend.documents.snapshots import snapshot_of
from frontend.figures.panels import Panel, Row, Section
from frontend.figures.view import Scrubber
from frontend.sheets.base import Sheet, Stage

if TYPE_CHECKING:
    from choreographer import Tab

Format = Literal["png", "svg"]

# From the browser's start to the last figure.
SECONDS = 240.0
_WAIT_SECONDS = 120.0
# Nothing answers there: a page has all that it needs, and fetches nothing.
_NOWHERE = "127.0.0.1:9"
# The page knows its modules once it has loaded, and has opened its sheet once the first is there.
_OPENED = """new Promise((resolve) => {
  if (document.readyState === "complete") resolve();
  else window.addEventListener("load", () => resolve());
}).then(() => import("#standalone.js")).then(() => true)"""
_drawing = threading.Lock()
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shot:
    """What is wanted of a function of ``assets/pages/export.js``, and the panels that it draws."""

    function: Literal["picture", "panels", "animation"]
    stage: Stage
    section: Section
    panels: list[Panel]
    wish: dict[str, Any]


def draw(shots: Sequence[Shot]) -> list[bytes]:
    """The files, in order. It blocks: never call it from an event loop.

    Raises
    ------
    Problem
        501 where there is no browser, 503 where it does not answer or has too much to do.
    """
    if not shots:
        return []
    # Few requests need it.
    from choreographer.errors import BrowserClosedError, BrowserFailedError

    path = browser()
    if not _drawing.acquire(timeout=_WAIT_SECONDS):
        raise unavailable("Other pictures are being drawn. Try again in a minute.")
    try:
        return asyncio.run(_all(shots, path))
    except TimeoutError as error:
        detail = "The browser that draws pictures took too long. Try again, or take fewer at once."
        raise unavailable(detail) from error
    except (BrowserClosedError, BrowserFailedError) as error:
        log.exception("the browser at %s did not draw", path)
        detail = "The browser that draws pictures stopped. Try again; the server's log says more."
        raise unavailable(detail) from error
    finally:
        _drawing.release()


async def _all(shots: Sequence[Shot], path: str) -> list[bytes]:
    from choreographer import Browser
    from choreographer.utils import TmpDirectory

    async with asyncio.timeout(SECONDS), Browser(path, proxy_server=_NOWHERE) as chromium:
        # The Chromium of a snap cannot see where temporary files are otherwise.
        folder = TmpDirectory(sneak=chromium.is_isolated())
        try:
            page = folder.path / "figures.html"
            page.write_text(page_of(shots), encoding="utf-8")
            tab = chromium.get_tab() or await chromium.create_tab()
            await tab.send_command("Page.navigate", {"url": page.as_uri()})
            await _evaluate(tab, _OPENED)
            return [await _take(tab, shot) for shot in shots]
        finally:
            folder.clean()


async def _take(tab: Tab, shot: Shot) -> bytes:
    wish = orjson.dumps({"stage": shot.stage.name, **shot.wish}).decode()
    address = await _evaluate(
        tab, f'import("#pages/export.js").then((page) => page.{shot.function}({wish}))'
    )
    with urlopen(address) as file:  # a data: address
        taken: bytes = file.read()
    return taken


async def _evaluate(tab: Tab, expression: str) -> Any:
    """What an expression comes to on the page, once it is there."""
    asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
    answer = await tab.send_command("Runtime.evaluate", asked)
    found = answer.get("result", {})
    if "error" in answer or "exceptionDetails" in found:
        raise RuntimeError(f"the page could not draw: {answer.get('error', found)}")
    return found["result"].get("value")


def page_of(shots: Sequence[Shot]) -> str:
    """A self-contained page that can draw what is wanted, and shows nothing by itself."""
    stages = {shot.stage.name: shot.stage for shot in shots}
    reduced = {name: _reduced(stage, shots) for name, stage in stages.items()}
    return document(snapshot_of(Sheet("Figures", reduced, [])))


def _reduced(stage: Stage, shots: Sequence[Shot]) -> Stage:
    """A stage with the panels that are wanted, and all that can be chosen on it.

    Pictures are of any place of the slider, also of one where the page evaluates the network.
    """
    choosing = [
        replace(part, rows=[]) if isinstance(part, Section) else part
        for part in stage.view.parts
        if isinstance(part, (Section, Scrubber))
    ]
    mine = [shot for shot in shots if shot.stage.name == stage.name]
    wanted = [replace(shot.section, rows=[Row(shot.panels)]) for shot in mine]
    is_anywhere = any(shot.function != "animation" for shot in mine)
    network = stage.view.network if is_anywhere else None
    view = replace(stage.view, parts=[*choosing, *wanted], network=network)
    return replace(stage, view=view)


def browser() -> str:
    """The path of the browser that draws; a Problem that says what to install if there is none."""
    from choreographer.browsers.chromium import Chromium

    path = Chromium.find_browser(skip_local=False)
    if path is None or not Path(path).is_file():
        raise Problem(
            501,
            "No browser to draw with",
            "Pictures are drawn by Chromium, and there is none on the server. Install it, for "
            "instance with `apt install chromium`, or set BROWSER_PATH to a Chrome that is there.",
        )
    return path
