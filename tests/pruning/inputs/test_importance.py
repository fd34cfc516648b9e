"""Importances of pixels: by random forests, from a user's file, and of the elements of a mask."""

from __future__ import annotations

import io
import pickle
from collections.abc import Generator

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from pruning.context import CancelledError, CannotRunError
from pruning.events import Progress
from pruning.inputs.importance import element_importances, forest_importances
from pruning.inputs.importance_files import read_importances
from tests.pruning.small_images import digits

SHAPE = (3, 6, 5)


def outcome(steps: Generator[Progress, None, np.ndarray]) -> tuple[list[Progress], np.ndarray]:
    said = []
    while True:
        try:
            said.append(next(steps))
        except StopIteration as end:
            return said, end.value


def impurity(counts: np.ndarray) -> float:
    return 1 - float(np.square(counts / counts.sum()).sum())


def decreases(forest: RandomForestClassifier, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The mean decrease in impurity, from the images that each tree was grown on."""
    found = np.zeros(x.shape[1])
    for grown, samples in zip(forest.estimators_, forest.estimators_samples_, strict=True):
        tree, reaching, share = grown.tree_, {0: samples}, np.zeros(x.shape[1])
        for node in range(tree.node_count):
            here = reaching[node]
            left, right = tree.children_left[node], tree.children_right[node]
            if left < 0:
                continue
            goes = x[here, tree.feature[node]] <= tree.threshold[node]
            reaching[left], reaching[right] = here[goes], here[~goes]
            share[tree.feature[node]] += sum(
                sign * len(part) * impurity(np.bincount(y[part], minlength=10))
                for sign, part in ((1, here), (-1, here[goes]), (-1, here[~goes]))
            )
        found += share / share.sum()
    return found / len(forest.estimators_)


class TestForests:
    @pytest.mark.parametrize("seed", range(2))
    def test_they_are_means_of_the_decrease_in_impurity(self, seed, monkeypatch):
        grown = []
        fit = RandomForestClassifier.fit

        def remember(forest, x, y):
            if forest not in grown:
                grown.append(forest)
            return fit(forest, x, y)

        monkeypatch.setattr(RandomForestClassifier, "fit", remember)
        images = digits()
        x, y = images.x_train[:150], images.y_train[:150]
        said, found = outcome(forest_importances(x, y, seed, forests=2))
        assert (found.shape, found.dtype) == ((1, 8, 8), np.float64)
        flat = x.reshape(150, -1).astype(np.float32)
        expected = np.mean([decreases(forest, flat, y) for forest in grown], 0)
        np.testing.assert_allclose(found.ravel(), expected, atol=1e-9)
        assert [len(forest.estimators_) for forest in grown] == [100, 100]
        assert found.sum() == pytest.approx(1)
        assert [step.done for step in said] == [10 * n for n in range(1, 21)]
        assert {step.total for step in said} == {200}

    def test_grown_ten_trees_at_a_time_they_are_what_they_are_at_once(self, monkeypatch):
        images = digits()
        grown = outcome(forest_importances(images.x_train, images.y_train, 4, forests=1))[1]
        monkeypatch.setattr("pruning.inputs.importance.TREES_AT_A_TIME", 100)
        at_once = outcome(forest_importances(images.x_train, images.y_train, 4, forests=1))[1]
        np.testing.assert_array_equal(grown, at_once)

    def test_equal_seeds_give_equal_numbers_and_forests_differ(self):
        images = digits()

        def found(seed: int, forests: int) -> np.ndarray:
            return outcome(
                forest_importances(images.x_train[:80], images.y_train[:80], seed, forests)
            )[1]

        np.testing.assert_array_equal(found(1, 2), found(1, 2))
        assert (found(1, 1) != found(2, 1)).any()
        assert (found(1, 1) != found(1, 2)).any()

    def test_a_pixel_that_says_all_is_the_most_important_and_black_ones_say_nothing(self):
        x = np.zeros((60, 2, 4, 4), np.uint8)
        x[:, 1, 2, 3] = np.repeat([10, 200], 30)
        x[:, 0, 0, 0] = np.random.default_rng(0).integers(0, 255, 60)
        _, found = outcome(forest_importances(x, np.repeat([0, 1], 30), 0, forests=1))
        assert np.unravel_index(found.argmax(), found.shape) == (1, 2, 3)
        assert np.count_nonzero(found) == 2

    def test_who_asks_to_stop_does_not_wait_for_a_forest(self):
        images, asked = digits(), []

        def check() -> None:
            asked.append(None)
            if len(asked) == 3:
                raise CancelledError

        said = []
        with pytest.raises(CancelledError):
            said.extend(forest_importances(images.x_train, images.y_train, 0, 10, check))
        assert len(asked) == 3

    def test_images_that_are_all_alike_are_refused(self):
        x, y = np.zeros((20, 1, 3, 3), np.uint8), np.repeat([0, 1], 10)
        with pytest.raises(CannotRunError, match="no pixel that tells the classes apart"):
            outcome(forest_importances(x, y, 0, 1))


def saved(array: np.ndarray, **kwargs: bool) -> io.BytesIO:
    file = io.BytesIO()
    np.save(file, array, **kwargs)
    file.seek(0)
    return file


def ramp(*shape: int) -> np.ndarray:
    return np.arange(np.prod(shape), dtype=np.float64).reshape(shape)


def header(text: str) -> io.BytesIO:
    body = text.encode().ljust(118) + b"\n"
    return io.BytesIO(b"\x93NUMPY\x01\x00" + len(body).to_bytes(2, "little") + body)


class TestFiles:
    @pytest.mark.parametrize("kind", ["f2", "f4", "f8", "g", ">f4", "u1", "i8"])
    def test_they_are_read_as_they_are(self, kind):
        array = ramp(*SHAPE).astype(kind)
        for given in (array, np.asfortranarray(array)):
            found = read_importances(saved(given), SHAPE)
            assert found.dtype == np.float64
            np.testing.assert_array_equal(found, array.astype(float))

    def test_one_plane_is_for_all_channels(self):
        found = read_importances(saved(ramp(6, 5)), SHAPE)
        np.testing.assert_array_equal(found, np.stack([ramp(6, 5)] * 3))
        np.testing.assert_array_equal(read_importances(saved(ramp(6, 5)), (1, 6, 5)), ramp(1, 6, 5))

    def test_a_file_on_disk_is_read_as_well(self, tmp_path):
        np.save(tmp_path / "importances.npy", ramp(*SHAPE))
        with (tmp_path / "importances.npy").open("rb") as file:
            np.testing.assert_array_equal(read_importances(file, SHAPE), ramp(*SHAPE))

    @pytest.mark.parametrize(
        ("array", "reason"),
        [
            (ramp(5, 6), "5 × 6: they have to be 6 × 5, or 3 × 6 × 5"),
            (ramp(6, 5, 3), "they have to be 6 × 5"),
            (ramp(1, 6, 5), "they have to be 6 × 5"),
            (ramp(30), "they have to be 6 × 5"),
            (np.float64(3), "a single value"),
            (np.zeros((0, 6, 5)), "0 × 6 × 5"),
            (np.where(ramp(6, 5) == 4, np.nan, ramp(6, 5)), "not finite"),
            (np.where(ramp(6, 5) == 4, -np.inf, ramp(6, 5)), "not finite"),
            (np.full((6, 5), 2.5), "all importances are 2.5"),
            (ramp(6, 5).astype(complex), "real numbers"),
            (ramp(6, 5).astype(str), "real numbers"),
            (ramp(6, 5).astype("M8[s]"), "real numbers"),
            (np.zeros((6, 5), [("a", "f8")]), "real numbers"),
        ],
    )
    def test_what_ranks_nothing_is_refused_with_what_to_change(self, array, reason):
        with pytest.raises(CannotRunError, match=reason):
            read_importances(saved(array), SHAPE)

    def test_numbers_that_become_infinite_are_refused(self):
        largest = np.finfo(np.longdouble).max
        if largest > np.finfo(np.float64).max:
            with pytest.raises(CannotRunError, match="not finite"):
                read_importances(saved(np.where(ramp(6, 5) == 4, largest, ramp(6, 5))), SHAPE)

    def test_nothing_is_unpickled(self):
        class Bomb:
            def __reduce__(self) -> tuple[object, ...]:
                return pytest.fail, ("it was unpickled",)

        objects = np.array([[Bomb()] * 5] * 6, dtype=object)
        with pytest.raises(CannotRunError, match="Python objects, which are never loaded"):
            read_importances(saved(objects, allow_pickle=True), SHAPE)
        with pytest.raises(CannotRunError, match="no array that numpy can read"):
            read_importances(io.BytesIO(pickle.dumps(Bomb())), SHAPE)

    def test_a_file_that_says_it_is_huge_takes_no_memory(self):
        huge = header("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 10**6, 10**6), }")
        with pytest.raises(CannotRunError, match="no array"):
            read_importances(huge, SHAPE)
        huge = header("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 1000000, 1000000), }")
        with pytest.raises(CannotRunError, match="3 × 1000000 × 1000000"):
            read_importances(huge, SHAPE)

    def test_other_files_are_refused(self):
        archive = io.BytesIO()
        np.savez(archive, ramp(6, 5))
        archive.seek(0)
        for file in (archive, io.BytesIO(b""), io.BytesIO(b"\x93NUMPY\x09\x00 "), header("{'(")):
            with pytest.raises(CannotRunError, match="no array that numpy can read"):
                read_importances(file, SHAPE)

    def test_a_file_that_ends_too_early_is_refused_wherever_it_ends(self, tmp_path):
        whole = saved(ramp(6, 5)).getvalue()
        for end in range(0, len(whole), 7):
            with pytest.raises(CannotRunError):
                read_importances(io.BytesIO(whole[:end]), SHAPE)
        (tmp_path / "short.npy").write_bytes(whole[:-8])
        short = (tmp_path / "short.npy").open("rb")
        with short, pytest.raises(CannotRunError, match="ends too early"):
            read_importances(short, SHAPE)

    def test_damaged_headers_are_refused_and_nothing_else_happens(self):
        whole, rng = saved(ramp(6, 5)).getvalue(), np.random.default_rng(0)
        for _ in range(300):
            damaged = bytearray(whole)
            for place in rng.integers(0, 128, 3):
                damaged[place] = rng.integers(256)
            try:
                found = read_importances(io.BytesIO(bytes(damaged)), SHAPE)
            except CannotRunError:
                continue
            assert found.shape == SHAPE


class TestElements:
    @pytest.mark.parametrize(
        "elements", [(3, 6, 5), (1, 6, 5), (3, 1, 1), (1, 1, 1), (1, 4, 3), (3, 2, 5)]
    )
    @pytest.mark.parametrize("seed", range(3))
    def test_they_are_means_over_their_pixels(self, elements, seed):
        importances = np.random.default_rng(seed).random(SHAPE)
        found = element_importances(importances, elements)
        assert found.shape == elements
        for element in np.ndindex(elements):
            inside = [
                importances[pixel]
                for pixel in np.ndindex(SHAPE)
                if (elements[0] == 1 or pixel[0] == element[0])
                and pixel[1] * elements[1] // 6 == element[1]
                and pixel[2] * elements[2] // 5 == element[2]
            ]
            assert found[element] == pytest.approx(sum(inside) / len(inside))

    def test_of_single_values_they_are_the_importances(self):
        importances = np.random.default_rng(1).random(SHAPE)
        np.testing.assert_array_equal(element_importances(importances, SHAPE), importances)

    def test_equal_pixels_make_equal_elements_whatever_their_number(self):
        found = element_importances(np.ones((1, 7, 11)), (1, 3, 4))
        assert (found == 1).all()

    @pytest.mark.parametrize("elements", [(2, 6, 5), (1, 7, 5), (3, 6, 6)])
    def test_more_elements_than_pixels_are_refused(self, elements):
        with pytest.raises(ValueError, match="have no"):
            element_importances(ramp(*SHAPE), elements)
