"""A small study from the form: it fills itself in, and its slider needs no server."""

from __future__ import annotations

import httpx2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from frontend.views.base import view_of
from pruning.experiments.toy_study.config import ToyStudyConfig
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.browser.evaluator import Evaluator
from tests.conftest import Server, eventually

CONFIG = ToyStudyConfig(
    datasets=["moon", "circle"],
    criteria=["weight", "lrp"],
    reference_samples=[1, 5, 20],
    seeds=4,
    hidden=[60, 60],
    ranks=True,
)


@pytest.fixture(scope="module")
def address(server: Server) -> str:
    """The page of a small study that is done."""
    body = {"experiment": "toy_study", "config": CONFIG.model_dump(mode="json")}
    run = f"runs/{httpx2.post(f'{server.url}/api/runs', json=body).json()['id']}"
    status = f"{server.url}/api/{run}"
    eventually(lambda: httpx2.get(status).json()["status"] == "done", actions.PATIENCE / 1000)
    return f"/{run}"


@pytest.fixture
def finished(open_page: OpenPage, address: str) -> Page:
    page = open_page(address)
    actions.wait_until_drawn(page)
    return page


@pytest.fixture
def study(open_page: OpenPage) -> Page:
    """The workbench, asked for a study."""
    return open_page("/?experiment=toy_study")


def test_a_study_from_the_form_fills_itself_in_while_it_runs(study: Page):
    page = study
    actions.choose(page, "Datasets", "moon", "circle")
    actions.choose(page, "Criteria", "weight", "lrp")
    actions.fill(page, reference_samples="20, 1, 5", seeds=80)
    actions.unfold(page, "Ranks")
    page.locator("#form").get_by_text("On", exact=True).click()
    expect(page.locator('#form input[value="true"]')).to_be_checked()
    # A seed that nobody has used: each network has to be trained.
    actions.use_an_untrained_network(page)
    actions.fill(page, hidden="60, 60")
    actions.run(page)
    page.wait_for_function(
        """() => {
          const seen = document.documentElement.dataset;
          return seen.runStatus === 'running' && seen.painted > 3;
        }"""
    )
    actions.wait_for(page, "done")
    assert page.locator("[data-live=bar]").get_attribute("aria-valuenow") == "100"
    assert page.url.partition("?")[2] == ""
    asked = CONFIG.model_copy(update={"seeds": 80})
    config = page.request.get(page.url.replace("/runs/", "/api/runs/")).json()["config"]
    assert {**config, "train_seed": 0} == asked.model_dump(mode="json")


def test_the_page_draws_what_exports_draw(finished: Page, evaluator: Evaluator):
    page, result = finished, actions.result_of(finished)
    view = view_of("toy_study", CONFIG)
    actions.slider(page).focus()
    page.keyboard.press("End")
    for section in view.sections:
        for panel in section.panels:
            drawn = actions.figure(page, section.figure_name(panel))
            expected = evaluator.fill(panel.figure, result, 20, view.choices)
            for trace, wanted in zip(drawn["data"], expected["data"], strict=True):
                for axis in ("x", "y", "z"):
                    if trace[axis] is not None:
                        assert_same(trace[axis], wanted[axis])
            for axis in expected["layout"].get("meta", {}).get("extent", {}):
                if axis in ("x", "y"):
                    assert drawn[axis] == pytest.approx(expected["layout"][f"{axis}axis"]["range"])


def assert_same(drawn: list, bound: object) -> None:
    if drawn and isinstance(drawn[0], str):
        assert drawn == list(bound)
    else:
        # JSON has no number for what is none.
        numbers = np.array(drawn, dtype=float)
        assert np.array_equal(numbers, np.array(bound, dtype=float), equal_nan=True)


def test_the_slider_moves_pictures_boxes_and_tables_without_asking_the_server(finished: Page):
    page = finished
    expect(page.locator("[data-live=place]")).to_have_text("5 samples per class")
    names = ("picture-moon-lrp", "spread-moon-train", "agreement-moon")
    before = {name: actions.figure(page, name)["data"] for name in names}
    readings = actions.readings(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    actions.slider(page).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-live=place]")).to_have_text("1 sample per class")
    for name in names:
        assert actions.figure(page, name)["data"] != before[name]
    assert actions.readings(page) != readings
    here = page.locator("[data-table=accuracy] tr.here td:nth-child(3)")
    assert set(here.all_inner_texts()) == {"1"}
    page.locator("[data-action=play]").click()
    expect(page.locator("[data-live=place]")).to_have_text("20 samples per class")
    assert requests == []


def test_figures_are_drawn_as_they_come_into_sight(finished: Page):
    page = finished
    page.evaluate("scrollTo(0, 0)")
    page.reload()
    actions.wait_until_drawn(page)
    drawn = "() => document.querySelectorAll('[data-figure].js-plotly-plot').length"
    everything = page.locator("[data-figure]").count()
    assert 0 < page.evaluate(drawn) < everything
    for figure in page.locator("[data-figure]").all():
        figure.scroll_into_view_if_needed()
    actions.wait_until_drawn(page)
    assert page.evaluate(drawn) == everything


def test_toggles_act_on_all_charts_of_their_section(finished: Page):
    page = finished
    lines = """() => [...document.querySelectorAll('[data-testid=section-accuracy] .plot')]
      .map((plot) => plot.querySelectorAll('.js-line').length)"""
    before = page.evaluate(lines)
    page.get_by_test_id("section-accuracy").get_by_role("button", name="Weight").press("Enter")
    page.wait_for_function(f"before => ({lines})().every((n, i) => n < before[i])", arg=before)
    # A figure that is drawn later has to follow as well.
    page.get_by_test_id("section-spread").get_by_role("button", name="Weight").press("Enter")
    visible = [trace["visible"] for trace in actions.figure(page, "spread-moon-train")["data"]]
    assert visible == [False, True]


def test_matrices_and_table_follow_what_is_chosen(finished: Page):
    page, result = finished, actions.result_of(finished)
    for measure, pairs in (("kendall", "all_seeds"), ("spearman", "equal_seeds")):
        page.locator("[data-chooser=measure]").select_option(measure)
        page.locator("[data-chooser=pairs]").select_option(pairs)
        [frame] = [f for f in result.frames[f"moon/agreement/{pairs}"] if f.at == 5]
        actions.wait_until_drawn(page)
        drawn = actions.figure(page, "agreement-moon")["data"][0]["z"]
        assert_same(drawn, frame.arrays[measure].numpy())
    rows = page.locator("[data-table=rank_agreement] tr")
    told = page.get_by_test_id("table-rank_agreement").locator("[data-rows]").inner_text()
    assert told.startswith(f"{rows.count()} of ")
    assert 0 < rows.count() < len(result.tables["rank_agreement"].rows) / 2


def test_tables_are_in_order_whatever_came_first(finished: Page):
    cells = finished.evaluate(
        """() => [...document.querySelectorAll('[data-table=accuracy] tr')]
          .map((row) => [...row.cells].slice(0, 4).map((cell) => cell.textContent))"""
    )
    assert cells == [
        [dataset, criterion, str(count), scenario]
        for dataset in ("Moons", "Circles")
        for scenario in ("Training set", "Reference samples")
        for criterion in ("Weight magnitude", "Layer-wise relevance")
        for count in (1, 5, 20)
    ]


def test_a_grid_that_is_too_large_is_refused_above_the_button(study: Page):
    actions.fill(study, seeds=1000)
    study.get_by_test_id("run").click()
    alert = study.get_by_test_id("problem")
    expect(alert).to_contain_text("The grid is too large: 96,000 prunings")
    expect(alert).to_be_in_viewport()
    assert alert.bounding_box()["y"] < study.get_by_test_id("run").bounding_box()["y"]
    expect(actions.field(study, "seeds")).to_have_value("1000")


def test_choosing_an_experiment_makes_its_form_and_its_empty_page(page: Page):
    expect(page.get_by_role("heading", level=1)).to_contain_text("what pruning does")
    actions.choose_experiment(page, "Toy study")
    expect(page.get_by_role("heading", level=1)).to_contain_text("How few samples")
    page.wait_for_function("() => location.search === '?experiment=toy_study'")
    expect(actions.field(page, "fraction")).to_have_value("1/3")
    expect(page.locator("#experiment-description")).to_contain_text("Which criterion finds")
    expect(page.locator(".sketch").first).to_contain_text("Accuracy after pruning")
    actions.choose_experiment(page, "Toy decision boundaries")
    expect(page.get_by_role("heading", level=1)).to_contain_text("what pruning does")
    expect(actions.field(page, "sparsities")).to_be_attached()
    page.wait_for_function("() => location.pathname + location.search === '/'")


def test_a_run_stays_while_another_experiment_is_chosen(finished: Page):
    page, address = finished, finished.url
    actions.choose_experiment(page, "Toy decision boundaries")
    expect(actions.field(page, "sparsities")).to_be_attached()
    assert page.url == address
    expect(page.locator("[data-table=accuracy] tr").first).to_be_attached()


def test_a_study_fits_a_phone(address: str, open_page: OpenPage):
    page = open_page(address, **actions.PHONE)
    actions.wait_until_drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
