"""What the settings name and cannot be opened is a sentence and an exit code, not a traceback."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prunelab.cli import cli

NEWER = "f0f0f0f0f0f0"


def of_a_newer_version(folder: Path) -> str:
    with sqlite3.connect(folder / "newer.db") as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        database.execute("INSERT INTO alembic_version VALUES (?)", [NEWER])
    database.close()
    return f"sqlite:///{folder / 'newer.db'}"


def no_database(folder: Path) -> str:
    (folder / "words.db").write_text("These are words. " * 100)
    return f"sqlite:///{folder / 'words.db'}"


@pytest.mark.parametrize("command", [["web"], ["worker", "interactive"]])
@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("DATABASE_URL", of_a_newer_version, f"newer version of PruneLab (its revision is {NEWER}"),
        ("DATABASE_URL", no_database, "is damaged"),
        ("DATABASE_URL", "::", "is no address of a database"),
        ("DATABASE_URL", "mysql://name:secret@host/db", "of the kind mysql"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all.db", "unable to open database file"),
        ("DATABASE_URL", "postgresql://name:secret@127.0.0.1:9/db", "does not answer"),
        ("REDIS_URL", "localhost:6379", "is no address of a Redis server"),
        ("ARTIFACTS_URL", "s3://key:secret@bucket/folder", "s3://bucket/folder, which needs a"),
        ("ARTIFACTS_URL", "nonsense://place", "neither a folder nor an address"),
    ],
)
def test_it_does_not_start_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str], setting, value, words: str
):
    monkeypatch.setenv("PRUNELAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(setting, value if isinstance(value, str) else value(tmp_path))
    result = CliRunner().invoke(cli, command)
    said = " ".join(result.output.split())
    assert result.exit_code == 1, said
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert said.startswith("prunelab: ")
    assert words in said
    assert "secret" not in said
    assert "Traceback" not in said
