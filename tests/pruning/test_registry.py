"""A registry finds what its package and its plug-ins define, and says what there is."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

import pruning
from pruning import registry as registry_module
from pruning.registry import Choice, Registry, UnknownNameError


@dataclass(frozen=True)
class Thing:
    name: str
    title: str = "A thing"
    description: str = "It is there."


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry[Thing]:
    """A package of two modules, each of which registers one thing."""
    name = f"things_{tmp_path.name}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("registry = None")
    for thing in ("one", "two"):
        code = f"import {name}\n{name}.registry.add({name}.thing({thing!r}))"
        (folder / f"{thing}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__(name)
    module.thing = Thing
    module.registry = Registry("thing", name)
    return module.registry


def test_the_first_look_up_imports_every_module(package: Registry[Thing]):
    assert package.names() == ["one", "two"]
    assert package["one"] == Thing("one")
    assert list(package) == [Thing("one"), Thing("two")]


def test_an_unknown_name_is_answered_with_the_known_ones(package: Registry[Thing]):
    with pytest.raises(UnknownNameError, match="unknown thing 'three'; choose one of one, two"):
        package["three"]


def test_two_things_of_one_name_are_an_error(package: Registry[Thing]):
    package.add(Thing("three"))
    with pytest.raises(ValueError, match="two thing entries named 'three'"):
        package.add(Thing("three"))


def test_a_plug_in_appears_by_itself(package: Registry[Thing], monkeypatch: pytest.MonkeyPatch):
    @dataclass
    class EntryPoint:
        def load(self) -> None:
            package.add(Thing("plugged"))

    def entry_points(group: str) -> list[EntryPoint]:
        assert group.startswith("prunelab.things_")
        return [EntryPoint()]

    monkeypatch.setattr(registry_module, "entry_points", entry_points)
    assert package.names() == ["one", "two", "plugged"]


def test_who_asks_while_modules_are_imported_waits_for_all_of_them(tmp_path: Path):
    """Ten threads, each of which could be the first to ask, in a process of its own."""
    code = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from pruning.experiments.base import experiments

together = Barrier(10)

def refused(_):
    together.wait()
    count = 0
    for turn in range(300):
        name = ("toy", "sweep", "toy_study")[turn % 3]
        try:
            experiments[name].config()
        except Exception:
            count += 1
    return count

with ThreadPoolExecutor(10) as pool:
    print(sum(pool.map(refused, range(10))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_a_module_that_cannot_be_imported_is_told_of_every_time(package: Registry[Thing]):
    folder = Path(next(iter(__import__(package._package).__path__)))
    (folder / "zero.py").write_text("raise RuntimeError('not today')")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="not today"):
            package.names()
    (folder / "zero.py").write_text("")
    importlib.invalidate_caches()
    assert set(package.names()) == {"one", "two"}


def test_a_choice_lists_its_names_in_the_schema_and_in_its_error(package: Registry[Thing]):
    class Config(BaseModel):
        thing: Annotated[str, Choice(package)]

    schema = Config.model_json_schema()["properties"]["thing"]
    assert schema["enum"] == ["one", "two"]
    assert schema["x-choices"][0] == {
        "name": "one",
        "title": "A thing",
        "description": "It is there.",
    }
    assert Config(thing="two").thing == "two"
    with pytest.raises(ValidationError, match="unknown thing 'x'; choose one of one, two"):
        Config(thing="x")


def test_reading_every_name_and_schema_needs_no_torch_and_no_scikit_learn():
    code = """
import sys
import pruning.experiments.toy.config
from pruning.criteria.base import criteria
from pruning.data.base import datasets
from pruning.experiments.base import experiments
print(len(criteria.names()) >= 5, len(datasets.names()) >= 6, "toy" in experiments.names())
experiments["toy"].config.model_json_schema()
print(sorted({"torch", "sklearn", "scipy", "torchvision"} & sys.modules.keys()))
"""
    root = Path(pruning.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["True True True", "[]"]


NAMES = (
    "from pruning.experiments.base import experiments; from pruning.criteria.base import criteria;"
    "print(experiments.names(), criteria.names())"
)


def test_the_order_is_the_same_whoever_imports_a_module_first():
    early = f"import pruning.experiments.sweep.config, pruning.criteria.uninformed; {NAMES}"
    said = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for code in (early, NAMES)
    ]
    assert said[0].stdout == said[1].stdout
    assert said[0].stdout.startswith(
        "['toy', 'toy_study', 'sweep', 'input_selection', 'guided_sparsity', 'mint', "
        "'applied_mask', 'operating_point'] ['weight'"
    )


def test_whoever_serves_or_works_has_loaded_every_registry_before(tmp_path: Path):
    """Not only those that were known when it began: experiments bring others with them."""
    code = """
from backend.app import create_api
from backend.settings import Settings
from pruning import registry

create_api(Settings())
found = {each.kind: each.is_loaded for each in registry._registries}
kinds = {"experiment", "recipe", "criterion", "dataset", "model"}
print(kinds <= found.keys(), all(found.values()))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PRUNELAB_HOME": str(tmp_path)},
    )
    assert done.stdout.strip() == "True True"
