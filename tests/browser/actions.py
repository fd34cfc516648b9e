"""What people do on the pages, and what they see there."""

from __future__ import annotations

import random
from typing import Any

import httpx2
from playwright.sync_api import Locator, Page, expect

from pruning.events import Result
from pruning.experiments.base import experiments
from tests.conftest import Server

PATIENCE = 90_000

# Whether a run was started, or another is offered in its place.
# What is typed is in the address too, after a moment.
_STARTED = """before => location.pathname !== before ? "started"
  : document.querySelector("[data-testid=run-already]") ? "already" : false"""

# The options of a page that is opened on one.
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def asked(server: Server, method: str, path: str, body: Any = None) -> Any:
    """What the API answers."""
    answer = httpx2.request(method, f"{server.url}/api{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def a_board(server: Server, *panels: dict[str, Any]) -> str:
    """The path of a new dashboard."""
    content = {"title": "Board", "panels": list(panels)}
    return f"/dashboards/{asked(server, 'POST', '/dashboards', content)['id']}"


def field(page: Page, name: str) -> Locator:
    """The control of a field."""
    return page.locator(f'#form input[id*=\'"name":"{name}"\']').first


def fill(page: Page, **values: Any) -> None:
    for name, value in values.items():
        field(page, name).fill(str(value))


def choose_dataset(page: Page, title: str) -> None:
    field(page, "dataset").click()
    page.get_by_role("option", name=title, exact=True).click()


def choose_experiment(page: Page, title: str) -> None:
    page.locator("#experiment").click()
    page.get_by_role("option", name=title, exact=True).click()
    # The fields of the experiment before stay until the server has answered.
    (chosen,) = (study for study in experiments if study.title == title)
    expect(page.locator("#experiment-description")).to_have_text(chosen.description)


def choose_criteria(page: Page, *names: str) -> None:
    choose(page, "Criteria", *names)


def choose(page: Page, title: str, *names: str) -> None:
    """Choose exactly these among the chips of a field."""
    group = page.locator("#form").get_by_role("group", name=title, exact=True)
    chips = group.locator("[data-chip]")
    chips.first.wait_for()
    for chip in chips.all():
        wanted = chip.get_attribute("data-chip") in names
        if chip.locator("input").is_checked() != wanted:
            chip.locator("label").click()
            expect(chip.locator("input")).to_be_checked(checked=wanted)


def unfold(page: Page, group: str) -> None:
    page.locator("#form").get_by_role("button", name=group, exact=True).click()


def use_an_untrained_network(page: Page) -> None:
    """A training seed that nobody has used: the network has to be trained."""
    unfold(page, "Network")
    fill(page, train_seed=random.randrange(10**6))


def run(page: Page) -> None:
    """Press Run, also where the same was run already, and wait for the run's page."""
    before = page.evaluate("location.pathname")
    page.get_by_test_id("run").click()
    started = page.wait_for_function(_STARTED, arg=before).json_value()
    if started == "already":
        page.get_by_role("button", name="Run it again").click()
        page.wait_for_function("before => location.pathname !== before", arg=before)
    page.wait_for_selector("#run [data-live=status]:not(:empty)")


def wait_for(page: Page, status: str) -> None:
    page.wait_for_selector(f"html[data-run-status={status}]", timeout=PATIENCE)


def wait_until_drawn(page: Page) -> None:
    """Wait until no figure is behind the result and the slider any more."""
    page.wait_for_selector("html[data-settled=yes]", timeout=PATIENCE)


def counted(page: Page, name: str) -> int:
    return page.evaluate("name => Number(document.documentElement.dataset[name] || 0)", name)


def drawn(page: Page, panel: str) -> dict[str, Any]:
    """The traces of a panel as they are drawn, without what was there before any data."""
    return page.evaluate(
        """panel => {
          const plot = document.querySelector(`[data-figure=panel-${panel}]`);
          const list = values => ArrayBuffer.isView(values) ? Array.from(values) : values;
          const [region, points] = plot.data;
          return {
            z: region.z.map(list), class: region.customdata, confidence: region.text,
            x: list(points.x), colour: list(points.marker.color), points: points.customdata,
            range: plot.layout.xaxis.range,
          };
        }""",
        panel,
    )


def show(page: Page, name: str) -> None:
    """Scroll to a figure, which is drawn once it is in sight, and wait until it is."""
    plot = page.locator(f"[data-figure={name}]").first
    plot.scroll_into_view_if_needed()
    page.wait_for_selector(f"[data-figure={name}].js-plotly-plot", timeout=PATIENCE)
    wait_until_drawn(page)


def figure(page: Page, name: str) -> dict[str, Any]:
    """A figure as it is drawn once it is in sight: its traces and the ranges of its axes."""
    page.locator(f"[data-figure={name}]").scroll_into_view_if_needed()
    # The page hears of having been scrolled when it is next drawn.
    page.evaluate("() => new Promise((heard) => requestAnimationFrame(heard))")
    page.wait_for_selector(f"[data-figure={name}].js-plotly-plot")
    wait_until_drawn(page)
    return page.evaluate(
        """name => {
          const plot = document.querySelector(`[data-figure=${name}]`);
          const list = values => values && Array.from(values, value =>
            Array.isArray(value) || ArrayBuffer.isView(value) ? list(value) : value);
          const traces = plot.data.map(({ x, y, z, visible }) =>
            ({ x: list(x) ?? null, y: list(y) ?? null, z: list(z) ?? null, visible }));
          return { data: traces, x: plot.layout.xaxis.range, y: plot.layout.yaxis.range };
        }""",
        name,
    )


def readings(page: Page) -> list[str]:
    return page.locator("#run [data-reading]").all_inner_texts()


def table(page: Page) -> list[str]:
    return page.locator("#run [data-table] tr").all_inner_texts()


def slider(page: Page) -> Locator:
    return page.locator("#run [data-track] input")


def result_of(page: Page) -> Result:
    """The stored result of the run that is shown, from the API."""
    address = page.url.replace("/runs/", "/api/runs/")
    document = page.request.get(f"{address}/result").json()
    return Result.model_validate({k: v for k, v in document.items() if k in Result.model_fields})
