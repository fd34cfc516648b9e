"""`prunelab data`: list, add, remove."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from prunelab.cli import cli
from pruning.data.image_base import image_datasets
from tests.pruning.data.crafted import as_files, some_images, write_folder, write_zip


@pytest.fixture
def prunelab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PRUNELAB_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    return lambda *arguments: runner.invoke(cli, ["data", *map(str, arguments)])


def test_a_dataset_is_added_listed_and_removed(prunelab, tmp_path: Path):
    folder = write_folder(tmp_path / "My Flowers", as_files(some_images()))
    added = prunelab("add", folder)
    assert added.exit_code == 0, added.output
    assert added.stdout == (
        "my-flowers: Imported from My Flowers: 12 training and 6 test images.\n"
    )
    assert "Reading My Flowers" in added.stderr or "Keeping my-flowers" in added.stderr
    listed = prunelab("list").stdout
    assert [line.split()[0] for line in listed.splitlines()[::2]] == image_datasets.names()
    assert "my-flowers  My flowers\n  6×5×3, 3 classes, 12 + 6 images, your own" in listed
    assert "28×28×1, 10 classes, 60,000 + 10,000 images, downloaded when first used" in listed
    assert prunelab("remove", "my-flowers").exit_code == 0
    assert "my-flowers" not in prunelab("list").stdout


def test_name_and_title_can_be_chosen(prunelab, tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", as_files(some_images()))
    assert prunelab("add", source, "--name", "weeds", "--title", "Weeds!").exit_code == 0
    assert "weeds  Weeds!" in prunelab("list").stdout


def test_images_can_be_scaled_to_a_side(prunelab, tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", as_files(some_images()))
    assert prunelab("add", source, "--side", "8").exit_code == 0
    assert "a  A\n  8×8×3, 3 classes" in prunelab("list").stdout


def test_what_waits_is_listed_with_the_command_that_adds_it(prunelab, tmp_path: Path):
    folder = tmp_path / "home" / "data" / "datasets"
    write_folder(folder / "weeds", as_files(some_images()))
    [line] = [line for line in prunelab("list").stdout.splitlines() if "waiting" in line]
    command = line.partition("prunelab data ")[2].split()
    assert prunelab(*command).exit_code == 0
    assert "waiting" not in prunelab("list").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "nothing.zip"], "nothing.zip: there is no file or folder"),
        (["remove", "nothing"], "there is no imported dataset 'nothing'"),
        (["remove", "mnist"], "there is no imported dataset 'mnist'"),
    ],
)
def test_mistakes_are_named(prunelab, arguments: list[str], said: str):
    failed = prunelab(*arguments)
    assert failed.exit_code == 1
    assert said in failed.stderr


def test_a_bad_archive_is_refused_in_one_line(prunelab, tmp_path: Path):
    (tmp_path / "bad.zip").write_bytes(b"words")
    failed = prunelab("add", tmp_path / "bad.zip")
    assert failed.exit_code == 1
    said = "prunelab: bad.zip: it is no zip file, whatever its name says"
    assert said in failed.stderr.splitlines()


def test_a_data_directory_that_cannot_be_written_is_told(prunelab, tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", as_files(some_images()))
    (tmp_path / "home").touch()
    failed = prunelab("add", source)
    assert failed.exit_code == 1
    assert "cannot write to the data directory" in failed.stderr
