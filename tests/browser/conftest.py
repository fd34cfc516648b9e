"""A real Chromium, and pages that report what must not happen on any of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    ViewportSize,
    sync_playwright,
)

from frontend.documents.document import document
from frontend.documents.snapshots import snapshot_of
from frontend.figures.panels import Figure
from frontend.sheets.base import Sheet
from tests.browser import actions
from tests.browser.evaluator import Evaluator
from tests.chromium import NAMES, SIZE, find_chromium, launched_by, launched_with
from tests.conftest import Server

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser and, on a busy machine, some patience."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker("browser")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """One per module: while it lives, no other test could run an event loop."""
    if find_chromium() is None:
        reason = f"none of {', '.join(NAMES)} is on the PATH"
        if os.environ.get("PRUNELAB_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose contexts are all fresh."""
    with launched_by(playwright) as browser:
        yield browser


@pytest.fixture(scope="module")
def evaluator(browser: Browser) -> Iterator[Evaluator]:
    """A page without a network that fills figures; errors on it fail the module."""
    page = browser.new_context(offline=True).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{error} {error.stack}"))
    page.set_content(document(snapshot_of(Sheet("Nothing", {}, []))))
    yield Evaluator(page)
    page.context.close()
    assert not wrong


@pytest.fixture(scope="module")
def fill(evaluator: Evaluator) -> Callable[..., Figure]:
    """What fills a figure."""
    return evaluator.fill


@pytest.fixture(scope="module")
def read(evaluator: Evaluator) -> Callable[..., str]:
    """What reads a reading."""
    return evaluator.read


@pytest.fixture(scope="session")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Profiles that keep the compiled scripts: pages open three times as fast with them."""
    return tmp_path_factory.mktemp("profiles")


@pytest.fixture(scope="module")
def kept(playwright: Playwright, profiles: Path) -> Iterator[Callable[[bool], BrowserContext]]:
    """Browsers with such profiles, of a computer and of a phone, as they are wanted."""
    with ExitStack() as open_browsers:

        @cache
        def launch(is_phone: bool) -> BrowserContext:
            name, options = ("phone", actions.PHONE) if is_phone else ("computer", {})
            return open_browsers.enter_context(
                launched_with(playwright, profiles / name, **options)
            )

        yield launch


@pytest.fixture
def open_page(
    kept: Callable[[bool], BrowserContext], server: Server, request: pytest.FixtureRequest
) -> Iterator[OpenPage]:
    """Open pages; errors and foreign requests fail the test.

    The first page has a kept profile, empty but for compiled scripts. Any further one is of another
    person: it has a context of its own.
    """
    pages: list[Page] = []
    wrong: list[str] = []

    def note_foreign(request: Request) -> None:
        # A handler that could refuse it would turn the browser's cache off.
        if request.url.startswith("http") and not request.url.startswith(f"{server.url}/"):
            wrong.append(f"asked another host: {request.url}")

    def note(message: ConsoleMessage) -> None:
        # Chromium says so itself when a page is not there, a change comes too late, or a file is
        # refused.
        is_expected = any(f"status of {code}" in message.text for code in (404, 409, 422))
        if message.type == "error" and not is_expected:
            wrong.append(f"{message.text} ({message.location.get('url')})")

    def new_page(
        viewport: ViewportSize = SIZE, color_scheme: str | None = None, **options: Any
    ) -> Page:
        if pages:
            browser = request.getfixturevalue("browser")
            return browser.new_page(viewport=viewport, color_scheme=color_scheme, **options)
        assert options.keys() <= actions.PHONE.keys()
        page = kept("is_mobile" in options).new_page()
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme)
        return page

    def open_page(path: str = "/", content: str = "#page > *", **options: Any) -> Page:
        page = new_page(**options)
        pages.append(page)
        page.on("request", note_foreign)
        page.on("console", note)
        page.on("pageerror", lambda error: wrong.append(f"{error} {error.stack}"))
        page.goto(server.url + path)
        page.wait_for_selector(content)
        return page

    yield open_page
    for page in pages:
        _forget(page, server.url)
        page.close()
    assert not wrong


def _forget(page: Page, origin: str) -> None:
    """What a test has left in the browser is not there for the next."""
    page.context.clear_permissions()
    kinds = {"origin": origin, "storageTypes": "cookies,local_storage,indexeddb"}
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", kinds)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The workbench at 1280 px."""
    return open_page("/")
