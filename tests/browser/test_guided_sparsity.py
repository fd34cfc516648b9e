"""A race is seen while it goes on; the slider shows which units live without a request."""

from __future__ import annotations

from typing import Any

import httpx2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pruning.events import Result
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.conftest import Server, eventually

# Strong penalties and a high threshold: units die within a few steps.
CONFIG = GuidedSparsityConfig.model_validate(
    {
        "arms": "none,group_lasso",
        "lasso": "0.05,0.1",
        "threshold": 0.01,
        "learning_rate": 0.003,
        "steps": 60,
        "evaluate_every": 20,
        "training_images": 400,
        "test_images": 100,
        "levels": "0.01",
        "seeds": "0",
        "latency_batch": 8,
    }
)
WEAK, STRONG = (each.name for each in CONFIG.entrants[1:])
MAP = "units-group_lasso"


def submitted(server: Server, **changes: Any) -> str:
    config = CONFIG.model_copy(update=changes).model_dump(mode="json")
    body = {"experiment": "guided_sparsity", "config": config}
    return httpx2.post(f"{server.url}/api/runs", json=body).raise_for_status().json()["id"]


@pytest.fixture(scope="module")
def finished(server: Server) -> str:
    run = submitted(server)
    status = f"{server.url}/api/runs/{run}"
    eventually(lambda: httpx2.get(status).json()["status"] == "done", actions.PATIENCE / 1000)
    return run


def dead_units(result: Result, entrant: str, at: float) -> np.ndarray:
    [frame] = [frame for frame in result.frames[f"units/{entrant}"] if frame.at == at]
    return frame.arrays["dead"].numpy()


def drawn_dead(page: Page) -> np.ndarray:
    """The dead units as they are drawn; layers are named from the first on top."""
    drawn = actions.figure(page, MAP)
    assert drawn["data"][1]["y"] == ["fc1", "fc2", "output"]
    assert drawn["y"] == [2.5, -0.5]
    return np.array(drawn["data"][1]["z"], float)


def test_the_race_is_seen_while_it_goes_on(server: Server, open_page: OpenPage):
    run = submitted(server, steps=100_000, evaluate_every=300)
    page = open_page(f"/runs/{run}")
    page.wait_for_selector("[data-figure=race-accuracy].js-plotly-plot", timeout=actions.PATIENCE)
    page.wait_for_function(
        "() => document.querySelector('[data-figure=race-accuracy]').data[0].x.length > 1",
        timeout=actions.PATIENCE,
    )
    drawn = actions.figure(page, "race-accuracy")
    assert len(drawn["data"]) == len(CONFIG.entrants)
    assert drawn["data"][0]["x"][:2] == [0, 300]
    # Nobody waits behind what is left of it.
    httpx2.post(f"{server.url}/api/runs/{run}/cancel").raise_for_status()
    actions.wait_for(page, "cancelled")
    tells_how_far_it_came(page)


def tells_how_far_it_came(page: Page) -> None:
    """The slider stands at the end, which no network has come to."""
    expect(page.locator("[data-live=place]")).to_have_text("Step 100,000 of 100,000")
    actions.wait_until_drawn(page)
    reached = actions.result_of(page).series[f"along/accuracy/{WEAK}"].x[-1]
    step = page.locator(f"[data-testid={MAP}] [data-reading]").nth(1)
    expect(step).to_have_text(f"{reached:,.0f}")
    rows = page.locator("[data-table=layers] tr")
    expect(rows).to_have_count(3 * len(CONFIG.entrants))
    expect(rows.filter(has_text="Group lasso 0.05").first).to_contain_text(f"{reached:,.0f}")


def test_the_slider_shows_which_units_live_without_asking_the_server(
    finished: str, open_page: OpenPage
):
    page = open_page(f"/runs/{finished}")
    result = actions.result_of(page)
    assert np.nansum(dead_units(result, WEAK, 0)) < np.nansum(dead_units(result, WEAK, 60))
    np.testing.assert_array_equal(drawn_dead(page), dead_units(result, WEAK, 60))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    actions.slider(page).focus()
    for key, step in (("Home", 0), ("ArrowRight", 20), ("ArrowRight", 40), ("End", 60)):
        page.keyboard.press(key)
        expect(page.locator("[data-live=place]")).to_have_text(f"Step {step} of 60")
        np.testing.assert_array_equal(drawn_dead(page), dead_units(result, WEAK, step))
    assert requests == []


def test_other_coefficients_have_other_units_and_a_reload_shows_the_same(
    finished: str, open_page: OpenPage
):
    page = open_page(f"/runs/{finished}")
    result = actions.result_of(page)
    actions.slider(page).focus()
    page.keyboard.press("ArrowLeft")
    page.locator("[data-chooser=of_group_lasso]").select_option(STRONG)
    actions.wait_until_drawn(page)
    np.testing.assert_array_equal(drawn_dead(page), dead_units(result, STRONG, 40))
    # The address is written once the page stands still.
    page.wait_for_function("() => location.hash.includes('at=40')")
    before = (drawn_dead(page), actions.readings(page))
    page.reload()
    actions.wait_until_drawn(page)
    np.testing.assert_array_equal(drawn_dead(page), before[0])
    assert actions.readings(page) == before[1]


def test_what_is_chosen_beside_accuracy_is_drawn(finished: str, open_page: OpenPage):
    page = open_page(f"/runs/{finished}")
    series = actions.result_of(page).series
    shown = {
        "weights": "along/weights/none",
        "nonzero": "along/nonzero/none",
        "cross_entropy": "along/cross_entropy/none",
    }
    for measure, name in shown.items():
        page.locator("[data-chooser=measure]").select_option(measure)
        actions.wait_until_drawn(page)
        drawn = actions.figure(page, "race-measure")["data"][0]
        assert (drawn["x"], drawn["y"]) == (series[name].x, series[name].y)
    page.locator("[data-chooser=measure]").select_option("term/group_lasso")
    actions.wait_until_drawn(page)
    drawn = [each for each in actions.figure(page, "race-measure")["data"] if each["y"]]
    assert [each["y"] for each in drawn if each["visible"] is not False] == [
        series[f"along/term/{name}"].y for name in (WEAK, STRONG)
    ]
