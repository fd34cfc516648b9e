"""Points of one's own: added, scaled, found again, removed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pruning.data.adding_points import Called, add_formula, add_points
from pruning.data.base import datasets
from pruning.data.image_base import image_datasets
from pruning.data.importing import import_dataset
from pruning.data.limits import ImportRefusedError
from pruning.data.own_points import points_folder, remove_points
from tests.pruning.data.crafted import as_files, returned, some_images, write_zip

SQUARE = [(-1, -1), (-1, 1), (1, -1), (1, 1), (0, 0.5), (0.5, 0), (0, -0.5), (-0.5, 0)]


def table(points=SQUARE, classes: int = 2) -> bytes:
    return "\n".join(f"{x},{y},{i % classes}" for i, (x, y) in enumerate(points)).encode()


def points_of(name: str) -> np.ndarray:
    return datasets[name].load()[0]


def test_points_of_the_square_stay_where_they_are(data_dir: Path):
    added = add_points(table(), "My rings.csv", Called(), data_dir)
    assert (added.name, added.title, added.counts) == ("my-rings", "My rings", (4, 4))
    assert added.description == "Fixed points of My rings.csv: 4 of class 0, 4 of class 1."
    np.testing.assert_array_equal(points_of("my-rings"), np.array(SQUARE, np.float32))
    assert datasets.names()[-1] == "my-rings"


@pytest.mark.parametrize(("factor", "shift"), [(1000, 5000), (1e-3, 0), (1e5, 9e5)])
def test_others_are_scaled_into_it_by_a_map_that_is_told(data_dir: Path, factor, shift):
    moved = np.array(SQUARE) * [factor, factor / 2] + shift
    added = add_points(table(moved.tolist()), "a.csv", Called(), data_dir)
    low, high = moved[:, 0].min(), moved[:, 0].max()
    assert f"x from {low:.6g} to {high:.6g} and y from" in added.description
    assert "were scaled into the square" in added.description
    np.testing.assert_allclose(points_of("a"), 1.25 * np.array(SQUARE), atol=1e-5)


def test_points_on_a_line_can_be_scaled(data_dir: Path):
    add_points(table([(i, 7) for i in range(8)]), "a.csv", Called(), data_dir)
    np.testing.assert_allclose(points_of("a")[:, 1], 0)
    np.testing.assert_allclose(points_of("a")[:, 0], np.linspace(-1.25, 1.25, 8), atol=1e-6)


def test_drawn_points_stay_however_small_they_are_drawn(data_dir: Path):
    small = np.array(SQUARE) / 10
    added = add_points(table(small.tolist()), "drawn", Called("a", "A"), data_dir)
    assert added.description.startswith("Fixed points drawn by hand:")
    np.testing.assert_array_equal(points_of("a"), small.astype(np.float32))
    with pytest.raises(ImportRefusedError, match=r"lie in the square from -1.5 to 1.5"):
        add_points(table([(9, 9), *SQUARE]), "drawn", Called("b"), data_dir)


def test_equal_points_are_kept_once_so_that_none_is_in_both_halves(data_dir: Path):
    added = add_points(table(SQUARE * 3), "a.csv", Called(), data_dir)
    assert added.counts == (4, 4)
    assert "16 that came twice were left out" in added.description
    other_class = b"\n".join([table(), b"-1,-1,1"])
    assert add_points(other_class, "b.csv", Called(), data_dir).counts == (4, 5)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            table(SQUARE[:7]),
            "the class 1 has points at only 3 places; every class needs 4",
        ),
        (table([*SQUARE, (0, 0)], 9), "begins a class more than 6"),
        (table([(1, 1)] * 20), "the class 0 has points at only 1 place; every class needs 4"),
    ],
)
def test_too_few_are_refused(data_dir: Path, content: bytes, said: str):
    with pytest.raises(ImportRefusedError) as refused:
        add_points(content, "a.csv", Called(), data_dir)
    assert said in str(refused.value)
    assert "a" not in datasets.names()


@pytest.mark.parametrize(
    ("called", "said"),
    [
        (Called("moon"), "moon is the name of a built-in dataset"),
        (Called("digits"), "digits is the name of a built-in dataset"),
        (Called("mine"), "there is a dataset mine already"),
        (Called("pictures"), "there is a dataset pictures already"),
        (Called("../up"), "cannot be a name"),
        (Called("Mine"), "cannot be a name"),
        (Called("a" * 41), "cannot be a name"),
        (Called("a", " "), "a title has 1 to 100 letters"),
        (Called("a", "a" * 101), "a title has 1 to 100 letters"),
        (Called("a", "a\nb"), "a title has 1 to 100 letters"),
    ],
)
def test_names_and_titles_that_cannot_be_had(data_dir: Path, tmp_path: Path, called, said: str):
    add_points(table(), "mine.csv", Called(), data_dir)
    images = write_zip(tmp_path / "pictures.zip", as_files(some_images()))
    returned(import_dataset(images, data_dir))
    with pytest.raises(ImportRefusedError, match=said):
        add_points(table(), "mine.csv", called, data_dir)


def test_images_do_not_take_a_name_of_points(data_dir: Path, tmp_path: Path):
    add_points(table(), "mine.csv", Called(), data_dir)
    for name in ("mine", "moon"):
        images = write_zip(tmp_path / f"{name}.zip", as_files(some_images()))
        with pytest.raises(ImportRefusedError, match=name):
            returned(import_dataset(images, data_dir))
    assert "mine" not in image_datasets.names()


def test_names_that_are_made_are_counted(data_dir: Path):
    names = [add_points(table(), "moon.csv", Called(), data_dir).name for _ in range(3)]
    assert names == ["moon-2", "moon-3", "moon-4"]
    assert add_formula("x > 0", None, Called(title="Left, right"), data_dir).name == "left-right"
    assert add_formula("x > 0", None, Called(), data_dir).title == "x > 0"


def test_what_was_removed_is_offered_no_more_but_understood(data_dir: Path):
    add_points(table(), "a.csv", Called(), data_dir)
    add_formula("x > 0", None, Called("f"), data_dir)
    for name in ("a", "f"):
        remove_points(name, data_dir)
        assert name not in datasets.names()
        assert datasets.is_removed(name)
        assert "was removed" in datasets[name].missing
        assert datasets[name].classes == 2
    assert not list(points_folder(data_dir).glob("*/*.npy"))
    with pytest.raises(LookupError, match="there are no points of your own called 'a'"):
        remove_points("a", data_dir)
    add_points(table(), "a.csv", Called(), data_dir)
    assert not datasets["a"].missing


def test_the_content_tells_datasets_of_one_name_apart(data_dir: Path):
    contents = []
    for points in (SQUARE, SQUARE[::-1], SQUARE):
        contents.append(add_points(table(points), "a.csv", Called("a"), data_dir).content)
        remove_points("a", data_dir)
    assert contents[0] == contents[2] != contents[1]
    for text, classes in (("x", 2), ("y", 2), ("x", 3)):
        contents.append(add_formula(text, classes, Called("a"), data_dir).content)
        remove_points("a", data_dir)
    assert len(set(contents)) == 5


def test_a_file_that_was_damaged_is_left_out_or_named(data_dir: Path, caplog):
    add_points(table(), "a.csv", Called(), data_dir)
    add_points(table(), "b.csv", Called(), data_dir)
    (points_folder(data_dir) / "a" / "dataset.json").write_text("words")
    [array] = (points_folder(data_dir) / "b").glob("*.npy")
    array.write_bytes(b"words")
    assert "a" not in datasets.names()
    assert "cannot be read" in caplog.text
    with pytest.raises(ValueError, match="are damaged; remove and add them again"):
        datasets["b"].sets(0.0, 0)
