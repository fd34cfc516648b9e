"""Which page is at which address: the one table of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from backend.problems import Problem
from backend.services import Services
from backend.troubles import TROUBLES, problem_of
from frontend.components.problem import problem_alert
from frontend.pages import (
    access,
    compare,
    dashboards,
    datasets,
    glossary,
    recipes,
    runs,
    shares,
    workbench,
)
from frontend.pages.asked_values import KeptForm
from frontend.pages.missing import missing

# What stands in an address for the name of something.
_NAME = "{}"


@dataclass(frozen=True)
class Visit:
    """Somebody comes to an address.

    Attributes
    ----------
    name
        Of what the page is, where the address says it.
    search
        What follows the question mark, with it.
    kept
        What was in the form when this tab showed the page before.
    """

    services: Services
    name: str = ""
    search: str = ""
    kept: KeptForm | None = None


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes
    ----------
    address
        The parts of its path; ``{}`` stands for the name of what it is of.
    show
        Makes the page.
    find
        Raises a Problem where there is nothing of that name.
    title
        What the links of the header call it; they leave out pages without.
    """

    address: str
    show: Callable[[Visit], Awaitable[Any]]
    find: Callable[[Visit], Any] | None = None
    title: str = ""

    def name_in(self, path: str) -> str | None:
        """Of what the page at this path is; None if this page is at other addresses."""
        head, _, name = path.strip("/").rpartition("/")
        if self.address == path.strip("/"):
            return ""
        return name if name and self.address == f"{head}/{_NAME}" else None


PAGES = (
    Page("", lambda v: workbench.new(v.services, v.search, v.kept), title="Workbench"),
    Page("recipes", lambda v: recipes.listing(v.services), title="Recipes"),
    Page("datasets", lambda v: datasets.listing(v.services), title="Datasets"),
    Page("runs", lambda v: runs.listing(v.services, v.search), title="Runs"),
    Page(
        "runs/{}",
        lambda v: workbench.of_run(v.services, v.name, v.kept),
        lambda v: v.services.runs.get(v.name),
    ),
    Page("compare", lambda v: compare.page(v.services, v.search), title="Compare"),
    Page("dashboards", lambda v: dashboards.listing(v.services), title="Dashboards"),
    Page(
        "dashboards/{}",
        lambda v: dashboards.of_dashboard(v.services, v.name),
        lambda v: v.services.dashboards.get(v.name),
    ),
    Page("shares", lambda v: shares.listing(v.services), title="Shares"),
    Page("glossary", lambda _: glossary.page(), title="Glossary"),
    Page("glossary/{}", lambda v: glossary.page(v.name), lambda v: glossary.find(v.name)),
    Page("access", lambda v: access.page(v.services), title="Access"),
)


def linked_pages(needs_login: bool) -> list[Page]:
    """The pages that the header links to, from left to right."""
    return [page for page in PAGES if page.title and (needs_login or page.address != "access")]


async def page_at(
    path: str, services: Services, search: str = "", kept: KeptForm | None = None
) -> Any:
    """The page at ``path``; see :class:`Visit`."""
    found = _found(path)
    if found is None:
        return missing(f"No page has the address {path}.")
    page, name = found
    try:
        return await page.show(Visit(services, name, search, kept))
    except Problem as problem:
        return missing(problem.detail) if problem.status == 404 else problem_alert(problem)
    except TROUBLES as error:
        return problem_alert(problem_of(error))


async def status_of(path: str, services: Services) -> int:
    """With which status the page at ``path`` is answered."""
    found = _found(path)
    if found is None:
        return 404
    page, name = found
    try:
        if page.find:
            await asyncio.to_thread(page.find, Visit(services, name))
    except Problem as problem:
        return problem.status
    return 200


def _found(path: str) -> tuple[Page, str] | None:
    """The page at a path, and of what it is."""
    named = ((page, page.name_in(path)) for page in PAGES)
    return next(((page, name) for page, name in named if name is not None), None)
