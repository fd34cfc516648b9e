"""`prunelab points`: list, add, remove; and a run on what was added."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prunelab.cli import cli
from pruning.data.base import datasets

TABLE = "x;y;class\n" + "\n".join(
    f"{i / 10};{(i * 7 % 10) / 10};{'ab'[i % 2]}".replace(".", ",") for i in range(-10, 10)
)


@pytest.fixture
def prunelab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PRUNELAB_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    return lambda *arguments: runner.invoke(cli, list(map(str, arguments)))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "My points.csv"
    path.write_text(TABLE)
    return path


def test_a_table_is_added_listed_and_removed(prunelab, table: Path):
    added = prunelab("points", "add", table)
    assert added.exit_code == 0, added.output
    assert added.stdout == (
        "my-points: Fixed points of My points.csv: 10 of class a, 10 of class b.\n"
    )
    listed = prunelab("points", "list").stdout
    assert [line.split()[0] for line in listed.splitlines()[::2]] == datasets.names()
    assert "my-points  My points\n  Fixed points of My points.csv" in listed
    assert prunelab("points", "remove", "my-points").exit_code == 0
    assert "my-points" not in prunelab("points", "list").stdout


def test_a_run_takes_a_formula_by_its_name(prunelab, tmp_path: Path):
    added = prunelab("points", "add", "--formula", "3 r", "--classes", 3, "--name", "rings")
    assert added.exit_code == 0, added.output
    out = tmp_path / "out"
    ran = prunelab(
        *("run", "toy", "--set", "dataset=rings", "--set", "hidden=12,12", "--set", "grid=20"),
        *("--set", "criteria=weight", "--out", out),
    )
    assert ran.exit_code == 0, ran.output
    assert json.loads((out / "result.json").read_text())["config"]["dataset"] == "rings"


def test_a_run_asks_for_no_more_reference_samples_than_there_are(prunelab, table: Path):
    prunelab("points", "add", table, "--name", "few")
    failed = prunelab("run", "toy", "--set", "dataset=few")
    assert failed.exit_code == 1
    assert "the points of Few are fixed" in failed.stderr
    assert "take 4 or fewer, not 10" in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add"], "name a file or, with --formula, a formula"),
        (["add", "nothing.csv"], "cannot read nothing.csv (No such file or directory)"),
        (["add", "--formula", "y > sin x"], "at character 5: put brackets behind sin"),
        (["add", "--formula", "x > 0", "--name", "moon"], "moon is the name of a built-in"),
        (["add", "--formula", "x", "--classes", "9"], "there are 2 to 6 classes, not 9"),
        (["add", "a.csv", "--classes", "3"], "--classes goes with --formula"),
        (["remove", "nothing"], "there are no points of your own called 'nothing'"),
        (["remove", "moon"], "there are no points of your own called 'moon'"),
    ],
)
def test_mistakes_are_named(prunelab, arguments: list[str], said: str):
    failed = prunelab("points", *arguments)
    assert failed.exit_code == 1
    assert said in failed.stderr


def test_a_bad_table_is_refused_in_one_line(prunelab, tmp_path: Path):
    (tmp_path / "bad.csv").write_text("1,2,a\n3,,b\n")
    failed = prunelab("points", "add", tmp_path / "bad.csv")
    assert failed.stderr.splitlines() == ["prunelab: bad.csv: line 2: y is missing"]
