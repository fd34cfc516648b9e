"""Files of importances that people bring: what is kept, what is refused, what is offered."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from pruning.context import CannotRunError
from pruning.inputs.importance_files import (
    MOST_BYTES,
    ImportanceFile,
    NameTakenError,
    folder_of,
    importance_files,
    keep_importances,
    kept_importances,
    remove_importances,
)
from tests.pruning.inputs.test_importance import header, ramp, saved


def files_in(data_dir: Path) -> list[str]:
    return [path.name for path in folder_of(data_dir).glob("*")]


@pytest.mark.parametrize("shape", [(6, 5), (3, 6, 5)])
def test_what_is_kept_is_offered_and_read_as_it_was(tmp_path: Path, shape: tuple[int, ...]):
    kept = keep_importances(saved(ramp(*shape)).getvalue(), "My own-1.2.npy", tmp_path)
    assert kept == ImportanceFile("My own-1.2.npy", shape)
    assert importance_files(tmp_path) == [kept]
    found = kept_importances(kept.name, tmp_path, (3, 6, 5))
    np.testing.assert_array_equal(found, np.broadcast_to(ramp(*shape), (3, 6, 5)))
    assert files_in(tmp_path) == [kept.name], "nothing else is left"


@pytest.mark.parametrize(
    "name",
    [
        *("", ".npy", "..npy", ".hidden.npy", "-x.npy", "../x.npy", "a/b.npy", "a\\b.npy"),
        *("/etc/x.npy", "x.npy\n", "x\0.npy", "x.npz", "x", "X.NPY", "x" * 97 + ".npy"),
    ],
)
def test_names_that_are_none_are_refused(tmp_path: Path, name: str):
    with pytest.raises(CannotRunError, match="rename it"):
        keep_importances(saved(ramp(6, 5)).getvalue(), name, tmp_path)
    with pytest.raises(CannotRunError, match="rename it"):
        kept_importances(name, tmp_path, (1, 6, 5))
    assert files_in(tmp_path) == []


def test_nothing_is_overwritten(tmp_path: Path):
    keep_importances(saved(ramp(6, 5)).getvalue(), "mine.npy", tmp_path)
    with pytest.raises(
        NameTakenError, match="delete them on the page of datasets, or rename the file"
    ):
        keep_importances(saved(-ramp(6, 5)).getvalue(), "mine.npy", tmp_path)
    np.testing.assert_array_equal(kept_importances("mine.npy", tmp_path, (1, 6, 5)), [ramp(6, 5)])
    assert files_in(tmp_path) == ["mine.npy"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"words", "no array that numpy can read"),
        (b"", "no array that numpy can read"),
        (saved(ramp(6, 5)).getvalue()[:-8], "ends too early"),
        (saved(ramp(30)).getvalue(), "are 30: they have to be height × width"),
        (saved(ramp(1, 1, 6, 5)).getvalue(), "are 1 × 1 × 6 × 5: they have to be height"),
        (saved(np.float64(3)).getvalue(), "are a single value: they have to be"),
        (saved(np.zeros((0, 5))).getvalue(), "are 0 × 5: they have to be"),
        (saved(np.full((6, 5), 2.0)).getvalue(), "all importances are 2"),
        (saved(np.full((6, 5), np.nan)).getvalue(), "not finite"),
        (saved(ramp(6, 5).astype(str)).getvalue(), "real numbers"),
        (saved(np.array([[{}]]), allow_pickle=True).getvalue(), "Python objects"),
        (bytes(MOST_BYTES + 1), "at most 16 MiB, this one has 16.0"),
        (
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (100000, 100000), }").read(),
            "at most 16 MiB, this one has 76,293.9",
        ),
        (
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (-6, -5), }").read(),
            "are -6 × -5: they have to be",
        ),
    ],
)
def test_what_fits_no_images_is_refused_and_leaves_nothing(tmp_path, content, reason):
    with pytest.raises(CannotRunError, match=reason):
        keep_importances(content, "mine.npy", tmp_path)
    assert files_in(tmp_path) == []


def test_what_somebody_put_there_and_cannot_be_used_is_not_offered(tmp_path: Path):
    folder = folder_of(tmp_path)
    folder.mkdir()
    np.save(folder / "good.npy", ramp(6, 5))
    np.save(folder / "flat, list.npy", ramp(30))
    (folder / "words.npy").write_text("words")
    (folder / "folder.npy").mkdir()
    assert importance_files(tmp_path) == [ImportanceFile("good.npy", (6, 5))]


def test_only_a_file_of_the_folder_is_removed(tmp_path: Path):
    outside = tmp_path / "outside.npy"
    outside.write_bytes(saved(ramp(6, 5)).getvalue())
    keep_importances(outside.read_bytes(), "mine.npy", tmp_path)
    for name in ("../outside.npy", "nothing.npy", "", "."):
        with pytest.raises(LookupError, match="there are no importances"):
            remove_importances(name, tmp_path)
    remove_importances("mine.npy", tmp_path)
    assert importance_files(tmp_path) == []
    assert outside.exists()


def test_a_file_for_other_images_says_which_shape_these_have(tmp_path: Path):
    keep_importances(saved(ramp(6, 5)).getvalue(), "mine.npy", tmp_path)
    with pytest.raises(CannotRunError, match="are 6 × 5: they have to be 8 × 8, or 1 × 8 × 8"):
        kept_importances("mine.npy", tmp_path, (1, 8, 8))


def test_headers_of_any_kind_do_no_harm(tmp_path: Path):
    whole, rng = saved(ramp(6, 5)).getvalue(), np.random.default_rng(1)
    for _ in range(200):
        damaged = bytearray(whole)
        for place in rng.integers(0, 128, 3):
            damaged[place] = rng.integers(256)
        try:
            keep_importances(bytes(damaged), "mine.npy", tmp_path)
        except CannotRunError:
            assert files_in(tmp_path) == []
        else:
            assert np.isfinite(np.load(io.BytesIO(damaged), allow_pickle=False)).all()
            remove_importances("mine.npy", tmp_path)
