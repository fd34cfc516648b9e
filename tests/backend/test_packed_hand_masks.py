"""Masks made by hand leave with their run and come back with it, if they could be kept at all."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.hand_mask_model import MOST_MASKS, HandMade
from backend.packages import contents
from backend.packages.importing import Imported, import_package
from backend.packages.writing import write_package
from backend.problems import Problem
from backend.services import Services, make_services
from backend.settings import Settings
from backend.store.engine import migrate
from tests import experiments as _counting  # noqa: F401 - registers `count`
from tests.backend.test_package import anew, hash_of, rebuild

MADE = HandMade(name="Mine", author="Ada", note="a\nb", units=[6, 0], connections=[[2, 1, 1]])


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Iterator[Services]:
    """Another, empty installation."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    services = make_services(anew(settings, home=home))
    migrate(services.engine)
    yield services
    services.engine.dispose()


def ended(services: Services, experiment: str = "toy", **config: Any) -> str:
    """A run that has ended, of a network of 4 and 3 hidden units."""
    services.presence.announce("interactive", "a test")
    run_id = services.runs.submit(experiment, config or {"hidden": [4, 3]}).id
    services.runs.cancel(run_id)
    return run_id


@pytest.fixture
def package(services: Services, tmp_path: Path) -> Path:
    """A package of one run with two masks."""
    run_id = ended(services)
    services.hand_masks.keep(run_id, MADE)
    services.hand_masks.keep(run_id, HandMade(name="Nothing"))
    return packed(services, run_id, tmp_path)


def packed(services: Services, run_id: str, folder: Path) -> Path:
    file = folder / f"{run_id}.prunelab.zip"
    write_package(file, services, "", [run_id])
    return file


def imported(file: Path, services: Services) -> Imported:
    [told] = import_package(file, services)
    return told


def format_of(file: Path) -> int:
    with zipfile.ZipFile(file) as pack:
        return int(json.loads(pack.read("manifest.json"))["format"])


def with_masks(file: Path, masks: Any) -> None:
    """Put other masks into a package."""
    with zipfile.ZipFile(file) as pack:
        [run_id] = json.loads(pack.read("manifest.json"))["runs"]
    more = {f"runs/{run_id}/hand_masks.json": json.dumps({"masks": masks}).encode()}
    rebuild(file, more=more)


def test_masks_are_equal_elsewhere(services: Services, elsewhere: Services, package: Path):
    run_id = imported(package, elsewhere).id
    masks = elsewhere.hand_masks.of(run_id)
    assert [mask.name for mask in masks] == ["Mine", "Nothing"]
    assert masks == services.hand_masks.of(run_id)


def test_what_is_kept_here_stays_when_the_same_run_comes_again(services: Services, package: Path):
    [run] = services.runs.page()
    first, second = services.hand_masks.of(run.id)
    services.hand_masks.delete(run.id, second.id)
    services.hand_masks.change(run.id, first.id, name="Better")
    assert imported(package, services).state == "known"
    assert [mask.name for mask in services.hand_masks.of(run.id)] == ["Better"]


def test_a_run_under_another_id_has_its_masks(services: Services, package: Path):
    [run] = services.runs.page()
    rebuild(package, run=lambda told: {**told, "created_at": "2020-01-01T00:00:00Z"})
    told = imported(package, services)
    assert told.state == "renamed"
    before, after = (services.hand_masks.of(each) for each in (run.id, told.id))
    assert [mask.model_copy(update={"run": run.id}) for mask in after] == before


def test_packages_without_masks_are_those_that_older_versions_read(
    services: Services, elsewhere: Services, package: Path, tmp_path: Path
):
    plain = packed(services, ended(services), tmp_path)
    assert (format_of(plain), format_of(package)) == (1, 2)
    with zipfile.ZipFile(plain) as pack:
        assert not [name for name in pack.namelist() if "masks" in name]
    assert elsewhere.hand_masks.of(imported(plain, elsewhere).id) == []


def a_mask(**changes: Any) -> dict[str, Any]:
    made = {"id": "m", "created_at": "2026-01-01T00:00:00Z", **MADE.model_dump()}
    return {**made, **changes}


HOSTILE: dict[str, tuple[Any, str]] = {
    "no list": ({}, "masks"),
    "no mask": ([1], "masks.0"),
    "a unit too high": ([a_mask(units=[7])], "units.0: each has to be 6 or less, not 7"),
    "a unit below 0": ([a_mask(units=[-1])], "masks.0.units.0"),
    "a unit twice": ([a_mask(units=[1, 1])], "1 is there twice"),
    "a unit that is text": ([a_mask(units=["1"])], "masks.0.units.0"),
    "too many units": ([a_mask(units=list(range(10_001)))], "masks.0.units"),
    "a layer too high": ([a_mask(connections=[[3, 0, 0]])], "each has a layer of 2 or less"),
    "a class too high": ([a_mask(connections=[[2, 0, 2]])], "leads to one of 2 units"),
    "too many connections": ([a_mask(connections=[[0, 0, i] for i in range(5001)])], "connections"),
    "a long name": ([a_mask(name="x" * 81)], "masks.0.name"),
    "no name": ([a_mask(name=" ")], "masks.0.name"),
    "a zero character": ([a_mask(note="a\0")], "no zero characters"),
    "a long note": ([a_mask(note="x" * 501)], "masks.0.note"),
    "a name twice": ([a_mask(), a_mask(id="n")], "two masks of one name: Mine"),
    "an id twice": ([a_mask(), a_mask(name="Other")], "two masks of one id: m"),
    "an id that climbs": ([a_mask(id="../x")], "masks.0.id"),
    "a moment after all years": ([a_mask(created_at="9999-12-31T23:00:00-12:00")], "created_at"),
    "another run": ([a_mask(run="x")], "masks.0.run"),
    "too many": ([a_mask(id=f"{i}", name=f"{i}") for i in range(MOST_MASKS + 1)], "masks"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_nobody_could_keep_is_refused_whole(elsewhere: Services, package: Path, kind: str):
    masks, said = HOSTILE[kind]
    with_masks(package, masks)
    refused(package, elsewhere, said)


def refused(package: Path, services: Services, said: str) -> None:
    with pytest.raises(Problem, match=r"hand_masks\.json") as caught:
        import_package(package, services)
    assert caught.value.status == 422
    assert said in caught.value.detail
    assert services.runs.page() == []


def test_masks_of_an_experiment_that_has_none_are_refused(
    services: Services, elsewhere: Services, tmp_path: Path
):
    file = packed(services, ended(services, "count", steps=1), tmp_path)
    with_masks(file, [a_mask()])
    refused(file, elsewhere, "a run of count, which keeps no masks")


def plugged(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], Any]:
    def changed(run: dict[str, Any]) -> dict[str, Any]:
        run = {**run, **change(run)}
        return {**run, "config_hash": hash_of(run["experiment"], run["config"])}

    return changed


@pytest.mark.parametrize(
    "change",
    [
        lambda run: {"experiment": "plugged"},
        lambda run: {"config": {**run["config"], "dataset": "plugged"}},
    ],
)
def test_masks_of_what_is_not_installed_are_kept_with_it(
    elsewhere: Services, package: Path, change: Callable[[dict[str, Any]], dict[str, Any]]
):
    rebuild(package, run=plugged(change))
    run_id = imported(package, elsewhere).id
    assert len(elsewhere.hand_masks.of(run_id)) == 2
    with pytest.raises(Problem, match=r"not installed|name a run of toy"):
        elsewhere.hand_masks.keep(run_id, HandMade(name="Third"))


def test_a_newer_format_is_told_as_such(elsewhere: Services, package: Path):
    newer = contents.FORMAT + 1
    rebuild(package, manifest=lambda manifest: {**manifest, "format": newer})
    with pytest.raises(Problem, match="newer PruneLab"):
        import_package(package, elsewhere)
