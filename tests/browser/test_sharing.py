"""From two runs to a link for anybody: compare, arrange, share, embed, revoke."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser import actions
from tests.browser.actions import a_board, asked
from tests.browser.axe import nobody_is_kept_out
from tests.browser.conftest import OpenPage
from tests.conftest import Server

# A page that is elsewhere: another port is another origin.
EMBEDDING = '<!DOCTYPE html><title>elsewhere</title><iframe src="{}" width=900 height=700></iframe>'


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A web server of a folder, at an origin of its own."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def run_toy(page: Page, dataset: str, *criteria: str) -> str:
    """Run it from the form; its id."""
    page.goto(page.url.split("/runs/")[0])
    page.wait_for_selector("#form")
    actions.choose_dataset(page, dataset)
    actions.choose_criteria(page, *criteria)
    actions.run(page)
    actions.wait_for(page, "done")
    return page.url.rsplit("/", 1)[1]


def add_figures(page: Page, runs: int, *titles: str) -> None:
    """Add these parts of the newest runs to the dashboard."""
    page.locator("[data-action=add-figure]").click()
    dialog = page.get_by_role("dialog")
    for place in range(runs):
        dialog.locator(".choose-runs input").nth(place).check()
    for details in dialog.locator("details").all():
        details.evaluate("node => (node.open = true)")
    for title in titles:
        dialog.locator(".choose-parts label", has_text=title).first.locator("input").check()
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_have_count(0)


def slider(page: Page | FrameLocator):
    return page.locator("[data-track] input").first


def is_drawn(page: Page | FrameLocator, figure: str) -> None:
    expect(page.locator(f"[data-figure={figure}].js-plotly-plot").first).to_be_visible(
        timeout=actions.PATIENCE
    )


def boundary(page: Page) -> list:
    """What the boundary of the first panel shows."""
    actions.wait_until_drawn(page)
    return page.evaluate(
        "() => Array.from(document.querySelector('[data-figure=panel-lrp]').data[0].z.at(-1))"
    )


@pytest.fixture
def shared(page: Page) -> tuple[Page, str]:
    """A page that shows a dashboard of two runs, and the link of its share."""
    runs = [run_toy(page, title, "weight", "lrp") for title in ("Moons", "Circles")]
    origin = page.url.split("/runs/")[0]
    page.goto(f"{origin}/compare?runs={','.join(runs)}")
    actions.wait_until_drawn(page)
    assert page.locator(".js-plotly-plot").count() >= 3
    page.goto(f"{origin}/dashboards")
    page.get_by_role("button", name="New dashboard").click()
    add_figures(page, 1, "Layer-wise relevance", "Accuracy against sparsity")
    add_figures(page, 2, "Decision boundaries side by side", "What differs")
    page.locator("[data-action=add-note]").click()
    page.locator(".note-text").fill("# Circles <b>and</b> moons")
    page.locator(".board-name").fill("Two datasets")
    page.keyboard.press("Enter")
    expect(page.locator("#board-saved")).to_have_text("Saved")
    expect(page.locator(".grid-stack-item")).to_have_count(5)
    page.reload()
    expect(page.locator(".grid-stack-item")).to_have_count(5)
    expect(page.locator(".board-name")).to_have_value("Two datasets")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make the link").click()
    made = page.get_by_test_id("share-made")
    link = made.get_by_label("Link").input_value()
    page.get_by_role("button", name="Close").click()
    return page, link


def test_a_dashboard_is_shared_opened_elsewhere_embedded_and_revoked(
    shared: tuple[Page, str], browser: Browser, server: Server, tmp_path: Path
):
    page, link = shared
    fresh = browser.new_context()
    anybody = fresh.new_page()
    asked: list[str] = []
    anybody.on("request", lambda request: asked.append(request.url))
    anybody.goto(link)
    is_drawn(anybody, "panel-lrp")
    expect(anybody.get_by_role("heading", name="Two datasets")).to_be_visible()
    expect(anybody.locator(".note h1")).to_have_text("Circles <b>and</b> moons")
    before = boundary(anybody)
    slider(anybody).focus()
    anybody.keyboard.press("End")
    expect(anybody.locator("[data-live=place]").first).to_contain_text("95.0 %")
    assert boundary(anybody) != before
    data = [url for url in asked if "/assets/" not in url and "/_dash" not in url]
    assert len(data) == 2  # The page, and its data once.

    anybody.goto(link.replace("/shares/", "/embed/"))
    is_drawn(anybody, "panel-lrp")
    nobody_is_kept_out(anybody)
    (tmp_path / "index.html").write_text(EMBEDDING.format(link.replace("/shares/", "/embed/")))
    (tmp_path / "app.html").write_text(EMBEDDING.format(server.url))
    with serving(tmp_path) as elsewhere:
        anybody.goto(f"{elsewhere}/index.html")
        is_drawn(anybody.frame_locator("iframe"), "panel-lrp")
        anybody.goto(f"{elsewhere}/app.html")
        expect(anybody.frame_locator("iframe").locator("#page")).to_have_count(0)

    page.goto(f"{server.url}/shares")
    page.get_by_role("button", name="Revoke").first.click()
    page.locator("[data-share=revoke]").first.click()
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    answer = anybody.goto(link)
    assert answer is not None
    assert answer.status == 404
    expect(anybody.locator(".js-plotly-plot")).to_have_count(0)
    fresh.close()


def stand(page: Page) -> tuple[str | None, list[str | None], list[str | None]]:
    """Where a page of a run stands: the slider, hidden curves, units that are removed by hand."""
    page.wait_for_selector("html[data-live=yes]")
    actions.wait_until_drawn(page)
    hidden = page.locator("[data-group][aria-pressed=false]")
    gone = page.locator("[data-unit][aria-pressed=true]")
    return (
        page.locator("[data-live=place]").text_content(),
        [each.get_attribute("data-group") for each in hidden.all()],
        [each.get_attribute("data-unit") for each in gone.all()],
    )


def test_links_embeds_and_files_open_as_the_page_stands(page: Page, tmp_path: Path):
    actions.unfold(page, "Network")
    actions.fill(page, hidden="8, 8, 8")
    run_id = run_toy_as_it_is(page)
    page.wait_for_selector("html[data-live=yes]")
    slider(page).focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.locator("[data-unit='3']").click()
    page.get_by_test_id("section-chart").get_by_role("button", name="Gradient").click()
    here = stand(page)
    assert here[1:] == (["grad"], ["3"])
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Make the link").click()
    made = page.get_by_test_id("share-made")
    link = made.get_by_label("Link").input_value()
    code = made.get_by_label("To embed it in a page").input_value()
    embedded = unescape(re.search('src="([^"]*)"', code)[1])
    page.get_by_role("button", name="Close").click()
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as saved:
        page.locator("[data-export=html]").click()
    file = tmp_path / "run.html"
    saved.value.save_as(file)
    for address in (link, embedded, file.as_uri()):
        page.goto("about:blank")
        page.goto(address)
        assert stand(page) == here, address
    assert run_id in saved.value.suggested_filename


# It is as high as the page in it has said, and not as high as before.
FITS = """before => {
    const height = document.querySelector("iframe").clientHeight;
    return height === window.heights.at(-1) && height !== before;
}"""
HEARING = """<!DOCTYPE html><title>elsewhere</title><script>
window.heights = [];
addEventListener("message", ({ data, source }) => source !== window && heights.push(data.height));
</script>"""


def test_an_embedded_share_is_as_high_as_it_is_also_in_a_file(
    open_page: OpenPage, server: Server, browser: Browser, tmp_path: Path
):
    notes = [{"id": f"n{i}", "note": "Words", "y": 4 * i, "height": 4} for i in range(4)]
    page = open_page(a_board(server, *notes))
    page.get_by_role("button", name="Share").click()
    page.get_by_label("Title", exact=True).fill('Say "hi" & <b>')
    page.get_by_role("button", name="Make the link").click()
    made = page.get_by_test_id("share-made")
    expect(made.get_by_role("status")).to_contain_text("Only this machine can open this link")
    code = made.get_by_label("To embed it in a page").input_value()
    file = tmp_path / "page.html"
    file.write_text(HEARING + code)
    outer = browser.new_page()
    outer.goto(file.as_uri())
    frame = outer.locator("iframe")
    expect(frame).to_have_attribute("title", 'Say "hi" & <b>')
    expect(outer.frame_locator("iframe").locator(".note")).to_have_count(4)
    outer.wait_for_function(FITS, arg=600)
    # The page itself is not the one in the frame.
    outer.evaluate("() => postMessage({ type: 'prunelab-height', height: 5 })")
    inner = outer.frames[1]
    assert inner.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
    wide = frame.bounding_box()
    assert wide is not None
    assert wide["height"] > 900
    outer.set_viewport_size({"width": 400, "height": 700})
    outer.wait_for_function(FITS, arg=wide["height"])
    # Nothing is said over and over.
    for _ in range(3):
        inner.evaluate("() => new Promise((go) => requestAnimationFrame(() => setTimeout(go)))")
    heights = outer.evaluate("() => window.heights")
    assert len(heights) == len(set(heights)), heights
    outer.close()


def test_a_reader_comments_and_an_editor_approves(open_page: OpenPage, server: Server):
    board = a_board(server, {"id": "n", "note": "Words"})
    source = {"kind": "dashboard", "dashboard": board.rpartition("/")[2]}
    made = asked(server, "POST", "/shares", {"source": source, "takes_comments": True})
    link = made["link"].removeprefix(server.url)
    reader = open_page(link, content=".comment-form")
    reader.get_by_label("Name").fill("Ada")
    reader.get_by_role("button", name="Send").click()
    wrong = reader.get_by_role("textbox", name="Comment")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    wrong.fill("<img src=x onerror=alert(1)>\nhttps://example.org")
    reader.get_by_role("button", name="Send").click()
    comment = reader.locator(".comment")
    expect(comment).to_contain_text("waiting for approval")
    nobody_is_kept_out(reader)
    reader.reload()
    expect(comment).to_contain_text("waiting for approval")
    expect(comment.locator("img, a")).to_have_count(0)

    editor = open_page("/shares")
    line = editor.get_by_test_id("share").first
    line.get_by_text("1 comment to approve").click()
    expect(line.get_by_role("button", name="Approve")).to_be_visible()
    nobody_is_kept_out(editor)
    line.get_by_role("button", name="Approve").click()
    expect(line.get_by_role("status")).to_contain_text("Approved")

    other = open_page(link, content=".comment")
    text = other.locator(".comment-text")
    assert text.inner_text() == "<img src=x onerror=alert(1)>\nhttps://example.org"
    expect(other.locator(".comment .badge")).to_have_count(0)
    for _ in range(2):
        line.get_by_role("button", name=re.compile("delete", re.IGNORECASE)).click()
    expect(line.locator(".comment")).to_have_count(0)


def run_toy_as_it_is(page: Page) -> str:
    actions.run(page)
    actions.wait_for(page, "done")
    return page.url.rsplit("/", 1)[1].partition("#")[0]


def test_a_date_that_was_refused_holds_up_no_other_choice(page: Page):
    run_toy_as_it_is(page)
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("select[name=expires]").select_option("date")
    dialog.locator("input[name=date]").fill("2001-01-01")
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_test_id("share-made")).to_have_count(0)
    dialog.locator("select[name=expires]").select_option("7")
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_test_id("share-made")).to_be_visible()
