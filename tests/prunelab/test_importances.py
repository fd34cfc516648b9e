"""`prunelab importances`: list, add, remove; and settings that a run refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from prunelab.cli import cli
from pruning.inputs.importance_files import MOST_BYTES


@pytest.fixture
def prunelab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PRUNELAB_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    return lambda *arguments: runner.invoke(cli, [*map(str, arguments)])


@pytest.fixture
def rising(tmp_path: Path) -> Path:
    np.save(tmp_path / "rising.npy", np.arange(64.0).reshape(8, 8))
    return tmp_path / "rising.npy"


def test_a_file_is_added_listed_and_removed(prunelab, rising: Path):
    added = prunelab("importances", "add", rising)
    assert added.exit_code == 0, added.output
    assert added.stdout == "rising.npy: 8 × 8\n"
    assert prunelab("importances", "list").stdout == "rising.npy  8 × 8\n"
    again = prunelab("importances", "add", rising)
    assert again.exit_code == 1
    assert "there are importances rising.npy already" in again.stderr
    assert prunelab("importances", "remove", "rising.npy").exit_code == 0
    assert prunelab("importances", "list").stdout == ""


def test_mistakes_are_named(prunelab, tmp_path: Path):
    (tmp_path / "words.npy").write_text("words")
    with (tmp_path / "huge.npy").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    for arguments, said in (
        (["add", tmp_path / "words.npy"], "words.npy: the file of importances is no array"),
        (["add", tmp_path / "huge.npy"], "huge.npy: a file of importances has at most 16 MiB"),
        (["add", tmp_path / "gone.npy"], "cannot read"),
        (["remove", "gone.npy"], "there are no importances 'gone.npy'"),
    ):
        failed = prunelab("importances", *arguments)
        assert failed.exit_code == 1
        assert said in failed.stderr


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("granularity=9x9", "granularity: a mask of 9 × 9 blocks does not fit"),
        ("thumbnails=9", "thumbnails: thumbnails have to be smaller"),
        ("head_size=9", "head_size: the head's thumbnail of 9 × 9 pixels is not within"),
        ("jpeg_qualities=50,50", "jpeg_qualities: name each once"),
        ("kinds=", "kinds: needs at least one value"),
        ("lambda_init=nan", "lambda_init: needs a finite number"),
        ("stop_below=1.5", "stop_below: has to be less than 1"),
        ("remove_every=401", "remove_every: training has 400 steps"),
        ("dataset=digitz", "dataset: unknown dataset 'digitz'"),
        ("importances=gone.npy", "importances: there are no importances gone.npy"),
    ],
)
def test_a_run_is_refused_before_it_begins(prunelab, tmp_path: Path, setting: str, said: str):
    failed = prunelab("run", "input_selection", "--set", setting, "--out", tmp_path / "out")
    assert failed.exit_code == 1
    assert said in failed.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_for_other_images_is_refused_before_a_run_begins(prunelab, rising: Path):
    assert prunelab("importances", "add", rising).exit_code == 0
    settings = ("--set", "importances=rising.npy", "--set", "dataset=mnist")
    failed = prunelab("run", "input_selection", *settings)
    assert failed.exit_code == 1
    assert "the importances are 8 × 8: they have to be 28 × 28" in failed.stderr
