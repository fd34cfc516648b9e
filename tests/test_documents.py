"""What the documents for contributors say is so: names, links, and the walkthroughs."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docs import glossary

REPOSITORY = Path(__file__).parents[1]
NAMING = ("CONTRIBUTING.md", "docs/architecture.md")
LINKING = (*NAMING, "README.md", "CHANGELOG.md")
FLOORS = ("pruning", "backend", "workers", "frontend", "prunelab", "tests")

_BLOCK = re.compile(r"^```(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"[\w.{}-]+(/[\w.*-]+)+/?|[\w-]+\.(py|md|toml|txt|yml|json|js|css)|\.[\w./-]+")
_DOTTED = re.compile(rf"({'|'.join(FLOORS)})(\.\w+)+")


def read(document: str) -> str:
    return (REPOSITORY / document).read_text(encoding="utf-8")


def named(document: str) -> set[str]:
    """What stands in backticks outside of blocks."""
    return set(re.findall(r"`([^`\n]+)`", _BLOCK.sub("", read(document))))


def is_there(name: str) -> bool:
    """Whether a dotted name leads somewhere: to a module, or to something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        return all((found := _member(found, part)) is not None for part in parts[end:])
    return False


def _member(owner: Any, name: str) -> Any:
    """An attribute, or a field of a configuration or a dataclass, which are none."""
    fields = {**getattr(owner, "model_fields", {}), **getattr(owner, "__dataclass_fields__", {})}
    return getattr(owner, name, fields.get(name))


@pytest.mark.parametrize("document", NAMING)
def test_every_file_that_is_named_is_there(document: str):
    files = {name for name in named(document) if _FILE.fullmatch(name) and " " not in name}
    assert len(files) > 10, "the documents name files"
    assert [name for name in sorted(files) if not any(REPOSITORY.glob(name.rstrip("/")))] == []


@pytest.mark.parametrize("document", NAMING)
def test_every_dotted_name_is_there(document: str):
    names = {name for name in named(document) if _DOTTED.fullmatch(name)}
    names = {name for name in names if not (REPOSITORY / name).exists()}
    assert [name for name in sorted(names) if not is_there(name)] == []


@pytest.mark.parametrize("document", NAMING)
def test_what_is_said_to_be_in_a_script_is_in_it(document: str):
    said = re.findall(r"`(\w+)`\s+in\s+`([^`]+\.js)`", read(document))
    assert [pair for pair in said if not re.search(rf"\b{pair[0]}\b", read(pair[1]))] == []


def test_names_that_are_nowhere_are_noticed():
    assert is_there("pruning.experiments.toy.config.ToyConfig.sparsities")
    assert is_there("pruning.events.Point.x")
    assert not is_there("pruning.experiments.toy.config.ToyConfig.sparsity")
    assert not is_there("pruning.no_such_room")


@pytest.mark.parametrize("document", LINKING)
def test_links_between_documents_lead_somewhere(document: str):
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", read(document))
    folder = (REPOSITORY / document).parent
    assert [target for target in targets if not (folder / target).exists()] == []


def test_the_glossary_says_what_the_texts_say():
    told = glossary.FILE.read_text(encoding="utf-8")
    assert told == glossary.document(), "write it anew: python -m docs.glossary"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house in which the walkthroughs have been followed."""
    copy = tmp_path_factory.mktemp("house")
    ignored = shutil.ignore_patterns("__pycache__", "assets", "node_modules")
    for folder in ("pruning", "backend", "workers", "frontend", "prunelab", "tests"):
        shutil.copytree(REPOSITORY / folder, copy / folder, ignore=ignored)
    shutil.copy(REPOSITORY / "pyproject.toml", copy)
    for head, text in _BLOCK.findall(read("CONTRIBUTING.md")):
        if file := head.partition(" ")[2]:
            path = copy / file
            assert not path.exists(), f"{file} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return copy


def commands() -> Iterator[str]:
    """What the walkthroughs say to type: in blocks behind those of files."""
    behind = False
    for head, text in _BLOCK.findall(read("CONTRIBUTING.md")):
        if behind and head == "console":
            yield from text.strip().splitlines()
        behind = bool(head.partition(" ")[2]) or (behind and head == "console")


@pytest.mark.parametrize("command", list(commands()))
def test_the_walkthroughs_work(house: Path, command: str, tmp_path: Path):
    assert command.startswith(".venv/bin/")
    here = command.replace(".venv/bin", str(Path(sys.executable).parent), 1)
    environment = {**os.environ, "PYTHONPATH": str(house), "PRUNELAB_HOME": str(tmp_path)}
    done = subprocess.run(
        here, shell=True, cwd=house, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout or "pytest" not in command
