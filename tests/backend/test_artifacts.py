"""Files that runs give away: kept whole, served by name, gone with their run."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from backend.artifacts import BLOCK, Artifacts
from backend.store.repository import now


@pytest.fixture(params=["folder", "memory"])
def artifacts(request: pytest.FixtureRequest, tmp_path: Path) -> Artifacts:
    urls = {"folder": str(tmp_path / "kept"), "memory": f"memory://{tmp_path.name}"}
    return Artifacts(urls[request.param])


def test_what_is_kept_is_read_back(artifacts: Artifacts, tmp_path: Path):
    content = bytes(range(256)) * (BLOCK // 256) + b"the rest"
    file = tmp_path / "file"
    file.write_bytes(content)
    artifacts.put("run", "models/a.onnx", file)
    assert artifacts.has("run", "models/a.onnx")
    assert not artifacts.has("run", "models")
    assert b"".join(artifacts.read("run", "models/a.onnx")) == content


def test_files_in_memory_are_kept_listed_and_removed_one_by_one(artifacts: Artifacts):
    assert list(artifacts.kept(".notes")) == []
    for path in ("a", "b/c"):
        artifacts.put_bytes(".notes", path, path.encode())
    assert b"".join(artifacts.read(".notes", "b/c")) == b"b/c"
    listed = dict(artifacts.kept(".notes"))
    assert sorted(listed) == ["a", "b/c"]
    assert all(abs(now() - moment) < timedelta(minutes=10) for moment in listed.values())
    artifacts.remove_file(".notes", "a")
    assert [path for path, _ in artifacts.kept(".notes")] == ["b/c"]


def test_the_second_of_two_files_under_one_path_is_kept(artifacts: Artifacts, tmp_path: Path):
    file = tmp_path / "file"
    for content in ("before", "after"):
        file.write_text(content)
        artifacts.put("run", "a", file)
    assert b"".join(artifacts.read("run", "a")) == b"after"


def test_no_file_is_in_the_way_of_another(artifacts: Artifacts, tmp_path: Path):
    file = tmp_path / "file"
    for path in ("x.part", "x"):
        file.write_text(path)
        artifacts.put("run", path, file)
    assert b"".join(artifacts.read("run", "x.part")) == b"x.part"
    assert b"".join(artifacts.read("run", "x")) == b"x"


def test_nothing_is_left_of_a_file_that_could_not_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fill_the_disk(*_: object) -> None:
        raise OSError("No space left on device")

    (tmp_path / "file").write_text("content")
    monkeypatch.setattr(shutil, "copyfileobj", fill_the_disk)
    with pytest.raises(OSError, match="No space"):
        Artifacts(str(tmp_path / "kept")).put("run", "a", tmp_path / "file")
    assert [path for path in (tmp_path / "kept").rglob("*") if path.is_file()] == []


def test_a_runs_files_go_with_it_and_no_others(artifacts: Artifacts, tmp_path: Path):
    file = tmp_path / "file"
    file.write_text("content")
    for run in ("one", "other"):
        artifacts.put(run, "a", file)
    artifacts.remove("one")
    artifacts.remove("one")
    assert not artifacts.has("one", "a")
    assert artifacts.has("other", "a")


@pytest.mark.parametrize("path", ["../other/a", "/etc/passwd", "a/../../b"])
def test_no_path_leaves_the_runs_folder(artifacts: Artifacts, tmp_path: Path, path: str):
    with pytest.raises(ValueError, match="not a path inside"):
        artifacts.put("run", path, tmp_path / "file")
