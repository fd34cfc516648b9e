"""Bringing one's own dataset in the browser."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.conftest import Server
from tests.pruning.data.crafted import as_files, some_images, write_folder, write_zip


def choose(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("choose-dataset").click()
    chooser.value.set_files(file)


def wait_for_picture(page: Page, name: str) -> None:
    picture = f"document.querySelector('[data-testid=dataset-{name}] img')"
    page.wait_for_function(f"() => {picture}.naturalWidth > 0")


def test_a_file_is_uploaded_listed_offered_and_deleted(
    open_page: OpenPage, server: Server, tmp_path: Path
):
    page = open_page("/datasets")
    images = as_files(some_images(classes=4, side=(8, 8)))
    choose(page, write_zip(tmp_path / "Wild flowers.zip", images))
    card = page.get_by_test_id("dataset-wild-flowers")
    expect(card).to_contain_text("16 training images")
    expect(page.locator("#importer [role=status]")).to_have_text("Wild flowers is there.")
    wait_for_picture(page, "wild-flowers")
    names = [item["name"] for item in page.request.get(f"{server.url}/api/datasets").json()]
    assert "wild-flowers" in names

    card.get_by_role("button", name="Delete").click()
    question = page.get_by_role("dialog", name="Delete the dataset wild-flowers?")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_have_count(0)
    card.get_by_role("button", name="Delete").click()
    question.get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)


def test_a_bad_file_is_refused_and_a_name_can_be_given(
    open_page: OpenPage, server: Server, tmp_path: Path
):
    page = open_page("/datasets")
    choose(page, write_zip(tmp_path / "bad.zip", {"readme.txt": b"words"}))
    alert = page.get_by_role("alert")
    expect(alert).to_have_text(
        "bad.zip: it has no image at train/CLASS/NAME.png, nor at CLASS/NAME.png; give every "
        "class a folder."
    )
    page.get_by_label("Name").fill("weeds")
    page.get_by_label("Side").fill("12")
    choose(page, write_zip(tmp_path / "bad.zip", as_files(some_images())))
    expect(page.get_by_test_id("dataset-weeds")).to_contain_text("6 test images")
    expect(page.get_by_test_id("dataset-weeds")).to_contain_text("12×12 in colour")
    expect(alert).to_be_hidden()
    wait_for_picture(page, "weeds")
    page.request.delete(f"{server.url}/api/datasets/weeds")


def test_what_was_put_into_the_data_directory_is_imported_by_a_click(
    open_page: OpenPage, server: Server
):
    folder = write_folder(server.home / "data" / "datasets" / "herbs", as_files(some_images()))
    page = open_page("/datasets")
    page.get_by_label("Side").fill("9")
    page.get_by_role("button", name="Import herbs").click()
    expect(page.get_by_test_id("dataset-herbs")).to_contain_text("Imported from herbs")
    expect(page.get_by_test_id("dataset-herbs")).to_contain_text("9×9 in colour")
    expect(page.get_by_test_id("waiting")).to_have_count(0)
    assert (folder / "train").is_dir()
    wait_for_picture(page, "herbs")
    page.request.delete(f"{server.url}/api/datasets/herbs")

    page.reload()
    button = page.get_by_role("button", name="Import herbs")
    expect(button).to_be_visible()
    shutil.rmtree(folder)
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("There is no file 'herbs'")


def test_a_file_can_be_dropped_and_a_phone_shows_it_all(
    open_page: OpenPage, server: Server, tmp_path: Path
):
    page = open_page("/datasets", viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    content = write_zip(tmp_path / "a.zip", as_files(some_images())).read_bytes()
    page.evaluate(
        """([bytes]) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "dropped.zip"));
          const how = { dataTransfer: data, bubbles: true, cancelable: true };
          document.querySelector("#importer h2").dispatchEvent(new DragEvent("drop", how));
        }""",
        [list(content)],
    )
    expect(page.get_by_test_id("dataset-dropped")).to_be_visible()
    wait_for_picture(page, "dropped")
    page.request.delete(f"{server.url}/api/datasets/dropped")
