"""Draw figures outside a page: Plotly in the system's Chromium, by way of kaleido.

One browser draws all figures of a request, and one request is drawn at a time: a browser takes
several hundred megabytes.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import plotly

from backend.problems import Problem, unavailable
from frontend.figures.view import Figure

Format = Literal["png", "svg"]

# From the browser's start to the last figure.
SECONDS = 240.0
_SECONDS_EACH = 60.0
_WAIT_SECONDS = 120.0
# Nothing answers there: a figure has all that it needs, and fetches nothing.
_NOWHERE = "127.0.0.1:9"
_drawing = threading.Lock()
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shot:
    """A picture to be taken of a figure, in pixels; ``scale`` draws it finer."""

    figure: Figure
    format: Format
    width: int
    height: int
    scale: float = 1


def draw(shots: Sequence[Shot]) -> list[bytes]:
    """The pictures, in order. It blocks: never call it from an event loop.

    Raises
    ------
    Problem
        501 where there is no browser, 503 where it does not answer or has too much to do.
    """
    if not shots:
        return []
    # Kaleido takes a third of a second to import, and few requests need it.
    from kaleido.errors import BrowserClosedError, BrowserFailedError

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
    from frontend.exports.kept_page import Drawing

    async with asyncio.timeout(SECONDS):
        async with Drawing(
            path=path,
            plotlyjs=Path(plotly.__file__).parent / "package_data" / "plotly.min.js",
            mathjax=False,
            timeout=_SECONDS_EACH,
            proxy_server=_NOWHERE,
        ) as kaleido:
            return [await kaleido.calc_fig(shot.figure, opts=_options(shot)) for shot in shots]


def _options(shot: Shot) -> dict[str, Any]:
    return {
        "format": shot.format,
        "width": shot.width,
        "height": shot.height,
        "scale": shot.scale,
    }


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
