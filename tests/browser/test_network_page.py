"""The network in one's hands, in a file without a server: slider, diagram, pruning by hand.

The file holds a real run. What the page says is held against plain numpy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from backend.hand_mask_model import HandMask
from frontend.documents.document import document
from frontend.documents.snapshots import snapshot_of
from frontend.sheets.base import run_sheet
from frontend.views.toy.live import BEGINNINGS
from pruning.context import Context
from pruning.events import Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.toy.config import ToyConfig
from tests.browser.network_reference import Mask, network_in, order_in, points_in
from tests.frontend.fakes import a_run

CONFIG = ToyConfig(
    dataset="moon",
    hidden=[12, 10, 8],
    criteria=["weight", "lrp"],
    sparsities="0,1/3,0.8",
    grid=30,
    reference_samples=5,
)
LIVE = "html[data-live=yes]"
STILL = "html[data-settled=yes]"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("toy")
    return fold(execute(experiments["toy"], CONFIG, Context(folder)))


@pytest.fixture(scope="module")
def file(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = a_run(config=CONFIG.model_dump(mode="json"))
    path = tmp_path_factory.mktemp("file") / "run.html"
    path.write_text(document(snapshot_of(run_sheet(run, result, "7-0"))))
    return path


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[Page]:
    """The file, opened without a network; whatever goes wrong or is asked for fails the test."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    wrong: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(f"{error} {error.stack}"))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("request", lambda asked: wrong.append(asked.url) if is_asked(asked.url) else None)
    opened(page, file)
    yield page
    context.close()
    assert not wrong


def is_asked(address: str) -> bool:
    return not address.startswith(("file:", "data:", "blob:"))


def opened(page: Page, file: Path, place: str = "") -> Page:
    page.goto("about:blank")
    page.goto(file.as_uri() + place)
    page.wait_for_selector(LIVE)
    page.wait_for_selector("[data-unit]")
    return page


def unit(page: Page, number: int) -> Locator:
    return page.locator(f"[data-unit='{number}']")


def said(page: Page, panel: str) -> list[str]:
    page.wait_for_selector(STILL)
    return page.get_by_test_id(f"panel-{panel}").locator("[data-reading]").all_inner_texts()


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def wanted(result: Result, mask: Mask) -> list[str]:
    network = network_in(result)
    return [percent(network.accuracy(*points_in(result, name), mask)) for name in ("train", "test")]


def test_the_slider_has_a_place_for_every_unit_and_the_panels_follow(page: Page, result: Result):
    slider = page.locator("[data-track] input")
    slider.focus()
    expect(page.locator("[data-live=place]")).to_have_text("33.3 % removed · 10 of 30 units")
    for steps, count in ((1, 11), (3, 14), (-6, 8)):
        for _ in range(abs(steps)):
            page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
        place = f"{100 * count / 30:.1f} % removed · {count} of 30 units"
        expect(page.locator("[data-live=place]")).to_have_text(place)
        for name in CONFIG.criteria:
            gone = Mask(order_in(result, name)[:count])
            assert said(page, name) == wanted(result, gone), (name, count)


def test_the_boundary_on_the_screen_is_that_of_the_place(page: Page, result: Result):
    picture = page.get_by_test_id("panel-weight").locator("canvas.boundary")
    page.wait_for_selector(STILL)
    before = picture.evaluate("canvas => canvas.toDataURL()")
    page.locator("[data-track] input").focus()
    page.keyboard.press("End")
    page.wait_for_selector(STILL)
    assert picture.evaluate("canvas => canvas.toDataURL()") != before
    page.keyboard.press("Home")
    page.wait_for_selector(STILL)
    whole = page.get_by_test_id("panel-lrp").locator("canvas.boundary")
    same = whole.evaluate("canvas => canvas.toDataURL()")
    assert picture.evaluate("canvas => canvas.toDataURL()") == same


def test_units_are_removed_by_mouse_and_keyboard_and_come_back(page: Page, result: Result):
    unit(page, 3).click()
    expect(unit(page, 3)).to_have_attribute("aria-pressed", "true")
    expect(unit(page, 3)).to_have_attribute("aria-label", re.compile("^Layer 1, unit 4: removed"))
    assert said(page, "hand") == wanted(result, Mask([3]))
    unit(page, 14).focus()
    page.keyboard.press("Space")
    assert said(page, "hand") == wanted(result, Mask([3, 14]))
    page.keyboard.press("Space")
    assert said(page, "hand") == wanted(result, Mask([3]))
    unit(page, 3).click()
    assert said(page, "hand") == said(page, "unpruned")


def test_a_stroke_over_several_is_one_step_of_undo(page: Page, result: Result):
    unit(page, 5).scroll_into_view_if_needed()
    unit(page, 2).hover()
    last = unit(page, 5).bounding_box()
    assert last
    page.mouse.down()
    page.mouse.move(last["x"] + 10, last["y"] + 10, steps=20)
    page.mouse.up()
    gone = page.locator("[data-unit][aria-pressed=true]")
    expect(gone).to_have_count(4)
    assert said(page, "hand") == wanted(result, Mask([2, 3, 4, 5]))
    page.get_by_role("button", name="Undo").click()
    expect(gone).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.get_by_role("button", name="Redo").click()
    expect(gone).to_have_count(4)
    page.get_by_role("button", name="Restore all").click()
    expect(gone).to_have_count(0)


def test_every_unit_is_reached_with_the_arrow_keys_and_named(page: Page):
    unit(page, 0).focus()
    seen = []
    for layer, width in enumerate(CONFIG.hidden):
        for _ in range(width):
            label = page.evaluate("document.activeElement.getAttribute('aria-label')")
            seen.append(label.partition(":")[0])
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Home")
        if layer < 2:
            page.keyboard.press("ArrowRight")
    names = [
        f"Layer {layer}, unit {number}"
        for layer, width in enumerate(CONFIG.hidden, start=1)
        for number in range(1, width + 1)
    ]
    assert seen == names


def test_single_connections_can_be_cut_in_the_picture_and_beside_it(page: Page, result: Result):
    page.locator("[data-links] path[data-cut='1.2.3']").dispatch_event("click")
    assert said(page, "hand") == wanted(result, Mask([], [(1, 2, 3)]))
    unit(page, 0).hover()
    button = page.locator("[data-unit-detail] [data-cut^='0.']").first
    layer, source, target = map(int, (button.get_attribute("data-cut") or "").split("."))
    button.click()
    cuts = [(1, 2, 3), (layer, source, target)]
    assert said(page, "hand") == wanted(result, Mask([], cuts))


def test_it_says_what_each_criterion_would_remove_next(page: Page, result: Result):
    for turn in range(3):
        goes = order_in(result, "lrp")[turn]
        button = page.locator("[data-hand-next] button").filter(has_text="Layer-wise relevance")
        expect(button).to_have_attribute("data-next", str(goes))
        button.click()
        expect(unit(page, goes)).to_have_attribute("aria-pressed", "true")


def test_what_a_criterion_has_removed_is_where_hands_can_go_on(page: Page, result: Result):
    page.locator("[data-chooser=ranking]").select_option("lrp")
    page.get_by_role("button", name="Start from this criterion").click()
    gone = order_in(result, "lrp")[:10]
    expect(page.locator("[data-unit][aria-pressed=true]")).to_have_count(10)
    assert said(page, "hand") == wanted(result, Mask(gone))
    page.wait_for_function("() => location.hash.includes('hand=')")
    assert f"hand={'.'.join(map(str, gone))}" in page.evaluate("location.hash")


def test_the_address_shows_somebody_else_the_same(page: Page, file: Path, result: Result):
    opened(page, file, "#at=0.5&hand=3.17&cut=2.1.4&ranking=lrp&unit=17")
    expect(page.locator("[data-live=place]")).to_contain_text("15 of 30 units")
    expect(page.locator("[data-unit][aria-pressed=true]")).to_have_count(2)
    assert said(page, "hand") == wanted(result, Mask([3, 17], [(2, 1, 4)]))
    expect(page.locator("[data-chooser=ranking]")).to_have_value("lrp")
    expect(page.locator("[data-unit-detail] h3")).to_have_text("Layer 2, unit 6")


def test_what_is_hidden_and_a_theme_are_in_the_address(page: Page, file: Path):
    toggle = page.get_by_test_id("section-chart").get_by_role("button", name="Weight magnitude")
    toggle.click()
    page.wait_for_function("() => location.hash === '#off=weight'")
    opened(page, file, "?theme=dark#off=weight,hand")
    pressed = page.get_by_test_id("section-chart").locator("[data-group][aria-pressed=false]")
    assert [each.get_attribute("data-group") for each in pressed.all()] == ["weight", "hand"]
    theme = "document.documentElement.dataset.mantineColorScheme"
    assert page.evaluate(theme) == "dark"
    page.get_by_role("button", name="Switch to").click()
    assert page.evaluate(theme) == "light"


@pytest.mark.parametrize("said_wrong", ["hand=3.999", "hand=3.x", "cut=9.0.0_", "unit=-1"])
def test_an_address_that_was_edited_by_hand_is_taken_as_far_as_it_goes(
    page: Page, file: Path, said_wrong: str
):
    opened(page, file, f"#at=0.5&{said_wrong}")
    expect(page.locator("#banner")).to_contain_text("does not have")
    expect(page.locator("[data-live=place]")).to_contain_text("15 of 30 units")


def test_the_way_to_a_mask_is_a_curve_beside_the_criteria(page: Page, result: Result):
    gone = [4, 20, 11]
    for number in gone:
        unit(page, number).click()
    curve = """() => {
      const plot = document.querySelector('[data-figure=chart-accuracy]');
      const own = plot.data?.find((trace) => trace.name === 'By hand, test set');
      return own?.x?.length === 4 && [own.x, own.y];
    }"""
    page.locator("[data-figure=chart-accuracy]").scroll_into_view_if_needed()
    x, y = page.wait_for_function(curve).json_value()
    network, points = network_in(result), points_in(result, "test")
    assert x == pytest.approx([0, 1 / 30, 2 / 30, 3 / 30])
    assert y == pytest.approx([network.accuracy(*points, Mask(gone[:n])) for n in range(4)])


def kept_file(result: Result, folder: Path, *masks: Mask) -> Path:
    """The file of a run with which these masks are kept."""
    run = a_run(config=CONFIG.model_dump(mode="json"))
    kept = [
        HandMask(
            id=f"m{number}",
            run_id=run.id,
            name=f"Mask <{number}>",
            author="Ada",
            created_at=run.created_at,
            units=mask.units,
            connections=[list(cut) for cut in mask.cuts],
        )
        for number, mask in enumerate(masks)
    ]
    path = folder / "kept.html"
    path.write_text(document(snapshot_of(run_sheet(run, result, "7-0", kept))))
    return path


def test_kept_masks_stand_beside_the_criteria(page: Page, result: Result, tmp_path: Path):
    masks = [Mask([1, 2, 25]), Mask([13, 14], [(1, 2, 3)])]
    opened(page, kept_file(result, tmp_path, *masks))
    panels = page.locator("[data-testid^=panel-mask-]")
    expect(panels).to_have_count(2)
    for number, mask in enumerate(masks):
        name = f"mask-m{number}"
        expect(page.get_by_test_id(f"panel-{name}")).to_contain_text(f"Mask <{number}> (Ada)")
        page.wait_for_selector(f"[data-testid=panel-{name}] canvas.boundary")
        assert said(page, name) == wanted(result, mask)
    # They follow nobody's hand.
    unit(page, 7).click()
    assert said(page, "hand") == wanted(result, Mask([7]))
    assert said(page, "mask-m0") == wanted(result, masks[0])
    curve = """() => {
      const plot = document.querySelector('[data-figure=chart-accuracy]');
      const own = plot.data?.find(({ meta, name }) =>
        meta?.series === 'accuracy/mask-m0' && name.endsWith('test set'));
      return own?.y?.length === 4 && own.y;
    }"""
    page.locator("[data-figure=chart-accuracy]").scroll_into_view_if_needed()
    y = page.wait_for_function(curve).json_value()
    network, points = network_in(result), points_in(result, "test")
    ways = [network.accuracy(*points, Mask(masks[0].units[:n])) for n in range(4)]
    assert y == pytest.approx(ways)


def test_a_file_of_a_run_that_was_going_on_has_its_network(
    page: Page, result: Result, tmp_path: Path
):
    run = a_run(config=CONFIG.model_dump(mode="json"), status="running")
    path = tmp_path / "going_on.html"
    path.write_text(document(snapshot_of(run_sheet(run, result, "7-0"))))
    opened(page, path)
    unit(page, 3).click()
    assert said(page, "hand") == wanted(result, Mask([3]))


def test_the_newest_of_many_kept_masks_stand_beside_the_criteria(
    page: Page, result: Result, tmp_path: Path
):
    opened(page, kept_file(result, tmp_path, *(Mask([number]) for number in range(8))))
    expect(page.locator("[data-testid^=panel-mask-]")).to_have_count(6)
    expect(page.get_by_test_id("panel-mask-m1")).to_have_count(0)
    expect(page.locator("[data-kept] option")).to_have_count(9)


def test_what_is_left_is_trained_again_from_three_beginnings(page: Page, file: Path):
    opened(page, file, "#at=0.4&trained=weight")
    before = share(said(page, "weight")[1])
    panels = {name: page.get_by_test_id(f"again-{name}") for name in BEGINNINGS}
    for panel in panels.values():
        assert panel.locator("[data-reading]").all_inner_texts() == ["–", "–"]
    page.get_by_role("button", name="Train", exact=True).click()
    status = page.locator("[data-again-said]")
    expect(status).to_have_text(re.compile("^Trained.*12 of 30 units · 300 of 300 steps"))
    accuracies = {
        n: share(p.locator("[data-reading]").nth(1).inner_text()) for n, p in panels.items()
    }
    assert accuracies["finetuned"] > min(before, 90)
    assert min(accuracies.values()) > 60


def share(text: str) -> float:
    return float(text.split()[0])


def test_a_panel_can_be_enlarged_and_the_others_stay_in_sight(page: Page):
    panel = page.get_by_test_id("panel-lrp")
    small = panel.bounding_box()
    panel.get_by_role("button", name="Enlarge").click()
    large = panel.bounding_box()
    assert small
    assert large
    assert large["width"] > 1.9 * small["width"]
    # What is painted below the figure is as large as that.
    page.wait_for_function(
        "() => document.querySelector('[data-testid=panel-lrp] canvas').clientWidth > 500"
    )
    panel.get_by_role("button", name="Enlarge").click()
    again = panel.bounding_box()
    assert again
    assert (again["width"], again["height"]) == (small["width"], small["height"])
