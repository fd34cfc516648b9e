"""Debian's or the person's own Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    sync_playwright,
)

# The first draws no window around its pages: they open in three quarters of the time.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
SIZE = ViewportSize(width=1280, height=900)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find_chromium() -> str | None:
    """The path of a browser on this machine, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless browser with a fresh profile."""
    with sync_playwright() as playwright, launched_by(playwright) as browser:
        yield browser


@contextmanager
def launched_by(playwright: Playwright) -> Iterator[Browser]:
    """A headless browser whose contexts are all fresh."""
    browser = playwright.chromium.launch(executable_path=_chromium(), args=ARGUMENTS)
    yield browser
    browser.close()


@contextmanager
def launched_with(
    playwright: Playwright, profile: Path, **options: Any
) -> Iterator[BrowserContext]:
    """A headless browser that keeps what it knows, compiled scripts above all, in ``profile``."""
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=_chromium(), args=ARGUMENTS, **{"viewport": SIZE, **options}
    )
    yield context
    context.close()


def _chromium() -> str:
    path = find_chromium()
    assert path is not None, f"none of {', '.join(NAMES)} is on the PATH"
    return path


@contextmanager
def chromium(width: int = 1280, height: int = 900) -> Iterator[Page]:
    """One page of one browser."""
    with launched() as browser:
        yield browser.new_page(viewport={"width": width, "height": height})
