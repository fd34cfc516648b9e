"""A real Chromium, and pages that report what must not happen on any of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from tests.chromium import NAMES, find_chromium, launched
from tests.conftest import Server

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser and, on a busy machine, some patience."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker("browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser per module: while it lives, no other test could run an event loop."""
    if find_chromium() is None:
        reason = f"none of {', '.join(NAMES)} is on the PATH"
        if os.environ.get("PRUNELAB_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[OpenPage]:
    """Open pages in a context of their own; errors and foreign requests fail the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def refuse_foreign(route: Route) -> None:
        if urlsplit(route.request.url).netloc == urlsplit(server.url).netloc:
            route.continue_()
        else:
            wrong.append(f"asked another host: {route.request.url}")
            route.abort()

    def note(message: ConsoleMessage) -> None:
        # Chromium says so itself when a page is not there, a change comes too late, or a file is
        # refused.
        is_expected = any(f"status of {code}" in message.text for code in (404, 409, 422))
        if message.type == "error" and not is_expected:
            wrong.append(f"{message.text} ({message.location.get('url')})")

    def open_page(path: str = "/", **options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        context.route("**/*", refuse_foreign)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: wrong.append(f"{error} {error.stack}"))
        page.goto(server.url + path)
        page.wait_for_selector("#page > *")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The workbench at 1280 px."""
    return open_page("/")
