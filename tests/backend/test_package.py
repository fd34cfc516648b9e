"""Packages: what leaves as a .prunelab.zip comes back equal, and what is wrong is refused whole."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import struct
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from backend.app import create_api
from backend.dashboards import Content, Panel
from backend.packages import contents
from backend.packages.archive import opened, parsed
from backend.packages.checking import CheckedRun, check
from backend.packages.contents import Line, Manifest, PackedDashboard
from backend.packages.importing import import_package
from backend.packages.writing import write_package
from backend.problems import Problem
from backend.services import Services, make_services
from backend.settings import Settings
from backend.store.arrivals import Arrivals
from backend.store.engine import migrate
from pruning.events import Result
from tests import experiments as _counting  # noqa: F401 - registers `count` and `give`
from tests.damage import MUTATIONS, damaged
from workers.embedded import Broker
from workers.run import carry_out


@pytest.fixture
def given(services: Services) -> str:
    """A run that has ended and has given a file away."""
    services.presence.announce("interactive", "a test")
    run_id = services.runs.submit("give", {"text": "kept"}, "<b>Mine</b>", ["a", "b"]).id
    carry_out(services, run_id, "me")
    return run_id


@pytest.fixture
def counted(services: Services) -> str:
    """A run that has ended with series, frames and a table."""
    services.presence.announce("interactive", "a test")
    run_id = services.runs.submit("count", {"steps": 2}).id
    carry_out(services, run_id, "me")
    return run_id


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Iterator[Services]:
    """Another, empty installation."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    services = make_services(anew(settings, home=home))
    migrate(services.engine)
    yield services
    services.engine.dispose()


@pytest.fixture(scope="module")
def packed(valkey: Broker, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A package with one run, made once for all tests that spoil it."""
    folder = tmp_path_factory.mktemp("packed")
    services = make_services(Settings(home=folder, redis_url=valkey.url, database=None))
    migrate(services.engine)
    services.presence.announce("interactive", "a test")
    run_id = services.runs.submit("count", {"steps": 2}).id
    carry_out(services, run_id, "me")
    write_package(folder / "one.prunelab.zip", services, "", [run_id])
    services.engine.dispose()
    return (folder / "one.prunelab.zip").read_bytes()


@pytest.fixture
def package(packed: bytes, tmp_path: Path) -> Path:
    file = tmp_path / "one.prunelab.zip"
    file.write_bytes(packed)
    return file


@pytest.fixture(scope="module")
def empty(valkey: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """An installation in which nothing comes to be."""
    home = tmp_path_factory.mktemp("empty")
    services = make_services(Settings(home=home, redis_url=valkey.url, database=None))
    migrate(services.engine)
    yield services
    services.engine.dispose()


def anew(settings: Settings, **changes: Any) -> Settings:
    """Other settings; a copy would remember where the store of the first is."""
    return Settings.model_validate(settings.model_dump() | changes)


def states(told: list[Any]) -> list[tuple[str, str]]:
    return [(each.kind, each.state) for each in told]


def test_what_was_packed_is_equal_elsewhere(
    services: Services, elsewhere: Services, given: str, counted: str, tmp_path: Path
):
    panel = Panel(id="p", runs=[given], part="table-x")
    board = services.dashboards.create(Content(title="Before"))
    board = services.dashboards.save(board.id, Content(title="After", panels=[panel]), 1)
    file = tmp_path / "all.prunelab.zip"
    write_package(file, services, "All", [given, counted], [board.id])

    assert states(import_package(file, elsewhere)) == [
        *[("run", "new")] * 2,
        ("dashboard", "new"),
    ]
    for run_id in (given, counted):
        assert elsewhere.runs.get(run_id) == services.runs.get(run_id)
        assert elsewhere.runs.result(run_id) == services.runs.result(run_id)
        assert elsewhere.runs.light_result(run_id) == services.runs.light_result(run_id)
        assert elsewhere.runs.events(run_id) == services.runs.events(run_id)
    assert b"".join(elsewhere.runs.artifact(given, "folder/file.txt")[1]) == b"kept"
    assert elsewhere.dashboards.get(board.id) == services.dashboards.get(board.id)
    assert elsewhere.dashboards.step(board.id, -1).content.title == "Before"

    assert {state for _, state in states(import_package(file, elsewhere))} == {"known", "renamed"}


def test_the_same_again_is_known_and_another_of_the_same_id_gets_a_new_one(
    services: Services, elsewhere: Services, given: str, tmp_path: Path
):
    panel = Panel(id="p", runs=[given], part="table-x")
    board = services.dashboards.create(Content(panels=[panel]))
    file = tmp_path / "one.prunelab.zip"
    write_package(file, services, "", [given], [board.id])
    services.run_list.put_in_bin(given)
    assert states(import_package(file, services)) == [("run", "known"), ("dashboard", "known")]
    assert [run.id for run in services.runs.page()] == [given]

    rebuild(file, run=lambda run: {**run, "created_at": "2020-01-01T00:00:00Z"})
    run, other = import_package(file, services)
    assert [run.state, other.state] == ["renamed", "renamed"]
    assert run.id != given
    assert services.runs.result(run.id)[0] == services.runs.result(given)[0]
    assert b"".join(services.runs.artifact(run.id, "folder/file.txt")[1]) == b"kept"
    assert services.dashboards.get(other.id).content.panels[0].runs == [run.id]


def test_a_run_of_an_experiment_that_is_not_installed_is_kept(elsewhere: Services, package: Path):
    def plugged(run: dict[str, Any]) -> dict[str, Any]:
        return {**run, "experiment": "plugged", "config_hash": hash_of("plugged", run["config"])}

    rebuild(package, run=plugged)
    [told] = import_package(package, elsewhere)
    assert elsewhere.runs.get(told.id).experiment == "plugged"
    assert elsewhere.runs.result(told.id)[0].tables


def test_only_what_has_ended_is_packed(services: Services, tmp_path: Path):
    services.presence.announce("interactive", "a test")
    waiting = services.runs.submit("count", {}).id
    with pytest.raises(Problem, match="is queued") as caught:
        write_package(tmp_path / "x.zip", services, "", [waiting])
    assert caught.value.status == 409


def hash_of(experiment: str, config: dict[str, Any]) -> str:
    canonical = json.dumps(config, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{experiment}:{canonical}".encode()).hexdigest()[:16]


Change = Callable[[dict[str, Any]], dict[str, Any]]


def rebuild(
    file: Path,
    *,
    run: Change = dict,
    result: Change = dict,
    events: Callable[[list[bytes]], list[bytes]] = list,
    manifest: Change = dict,
    more: dict[str, bytes] | None = None,
) -> None:
    """Change what is in a package, with a manifest that fits unless that is changed too."""
    with zipfile.ZipFile(file) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    told = json.loads(files.pop("manifest.json"))
    for name, content in files.items():
        if name.endswith("/run.json"):
            files[name] = json.dumps(run(json.loads(content))).encode()
        if name.endswith("/result.json"):
            files[name] = json.dumps(result(json.loads(content))).encode()
        if name.endswith("/events.jsonl"):
            files[name] = b"\n".join(events(content.split(b"\n")))
    files |= more or {}
    told["files"] = {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files.items():
            pack.writestr(name, content)
        pack.writestr("manifest.json", json.dumps(manifest(told)))


def add(file: Path, name: str | zipfile.ZipInfo, content: bytes = b"x") -> None:
    with zipfile.ZipFile(file, "a") as pack, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        pack.writestr(name, content)


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def spoil(file: Path, name: str, content: bytes) -> None:
    """Put other bytes in the place of one of the run's files."""
    with zipfile.ZipFile(file) as pack:
        [found] = [each for each in pack.namelist() if each.endswith(f"/{name}")]
    rebuild(file, more={found: content})


def repack(file: Path, method: int) -> None:
    with zipfile.ZipFile(file) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    with zipfile.ZipFile(file, "w", method) as pack:
        for name, content in files.items():
            pack.writestr(name, content)


def long_list(file: Path) -> None:
    """An archive that says that the list of its files is longer than one is read."""
    size = contents.DIRECTORY_BYTES + 1
    file.write_bytes(bytes(size) + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, size, 0, 0))


def misplace(file: Path) -> None:
    """Say of the first file in the list that it begins after all others."""
    content = file.read_bytes()
    place = content.index(b"PK\1\2") + 42
    file.write_bytes(content[:place] + b"\xfe\xff\xff\xff" + content[place + 4 :])


def configured(file: Path, config: dict[str, Any]) -> None:
    digest = hash_of("count", config)
    rebuild(file, run=lambda run: {**run, "config": config, "config_hash": digest})


def with_board(file: Path, *numbers: int, current: int) -> None:
    """Add a dashboard with these revisions."""
    moment = "2026-01-01T00:00:00Z"
    told = [{"number": n, "content": {"title": "x"}, "saved_at": moment} for n in numbers]
    board = {"id": "b", "created_at": moment, "updated_at": moment, "current": current}
    content = json.dumps({**board, "revisions": told}).encode()
    rebuild(
        file,
        more={"dashboards/b.json": content},
        manifest=lambda manifest: {**manifest, "dashboards": ["b"]},
    )


def giving(*paths: str) -> Change:
    """A result with files under these paths."""
    facts = {"media_type": "text/plain", "size": 1}
    files = [{"name": str(i), "path": path, **facts} for i, path in enumerate(paths)]
    return lambda result: {**result, "artifacts": files}


def drawing(**facts: str) -> Change:
    """A result whose array is another."""

    def change(result: dict[str, Any]) -> dict[str, Any]:
        result["frames"]["number"][0]["arrays"]["n"] |= facts
        return result

    return change


def with_cell(value: object) -> Change:
    """A result with a table of one cell."""
    return lambda result: {**result, "tables": {"t": {"columns": ["a"], "rows": [[value]]}}}


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-40])


def flip(file: Path) -> None:
    """Change a byte of the first file's content: its checksum is wrong now."""
    with zipfile.ZipFile(file) as pack:
        info = pack.infolist()[0]
    content = bytearray(file.read_bytes())
    content[info.header_offset + 30 + len(info.filename) + 40] ^= 0xFF
    file.write_bytes(content)


def no_end(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


def short_column(result: dict[str, Any]) -> dict[str, Any]:
    result["series"]["squares"]["x"].pop()
    return result


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "no zip": (lambda f: f.write_bytes(b"PK is not enough"), "no .prunelab.zip"),
    "empty": (lambda f: f.write_bytes(b""), "no .prunelab.zip"),
    "cut": (cut, "damaged"),
    "a flipped byte": (flip, "damaged|not what the manifest"),
    "newer": (
        lambda f: rebuild(f, manifest=lambda m: {**m, "format": contents.FORMAT + 1}),
        "newer PruneLab",
    ),
    "no format": (lambda f: rebuild(f, manifest=lambda m: {**m, "format": "x"}), "no known format"),
    "a manifest of something else": (lambda f: rebuild(f, manifest=lambda _: {}), "no known"),
    "a file too many": (lambda f: add(f, "more.txt"), "not those that its manifest"),
    "a file that belongs nowhere": (lambda f: rebuild(f, more={"a.txt": b""}), "belongs to noth"),
    "a path that climbs": (lambda f: add(f, "../evil"), "leads elsewhere"),
    "a path deep inside that climbs": (lambda f: add(f, "runs/../../evil"), "leads elsewhere"),
    "an absolute path": (lambda f: add(f, "/etc/evil"), "leads elsewhere"),
    "a path of Windows": (lambda f: add(f, "..\\evil"), "leads elsewhere"),
    "a link": (lambda f: add(f, link("runs/link"), b"/etc/passwd"), "is a link"),
    "a name twice": (lambda f: add(f, "manifest.json"), "same name"),
    "no JSON": (lambda f: rebuild(f, events=lambda _: [b"{"]), "not valid JSON"),
    "no number": (lambda f: rebuild(f, events=lambda e: [b'{"id": NaN}', *e]), "not valid JSON"),
    "no end": (lambda f: rebuild(f, events=no_end), "does not end as the run"),
    "events twice": (lambda f: rebuild(f, events=lambda e: [e[0], *e]), "two events"),
    "a strange event": (
        lambda f: rebuild(f, events=lambda e: [b'{"id": "1-0", "event": {"kind": "boo"}}', *e]),
        "line 1 of .* is not as it should be",
    ),
    "a wrong status": (
        lambda f: rebuild(f, run=lambda r: {**r, "status": "splendid"}),
        "run.json is not as it should be .status",
    ),
    "a run that goes on": (
        lambda f: rebuild(f, run=lambda r: {**r, "status": "running"}),
        "status",
    ),
    "another status": (lambda f: rebuild(f, run=lambda r: {**r, "status": "failed"}), "says done"),
    "an id that climbs": (lambda f: rebuild(f, manifest=lambda m: {**m, "runs": [".."]}), "runs.0"),
    "a run that is missing": (
        lambda f: rebuild(f, manifest=lambda m: {**m, "runs": ["absent"]}),
        "absent/run.json is missing",
    ),
    "another configuration": (
        lambda f: rebuild(f, run=lambda r: {**r, "config": {"steps": 3}}),
        "its hash differs",
    ),
    "a bad configuration": (
        lambda f: rebuild(
            f,
            run=lambda r: {
                **r,
                "config": {"steps": -1},
                "config_hash": hash_of("count", {"steps": -1}),
            },
        ),
        "not valid .steps",
    ),
    "an array that cannot be read": (
        lambda f: rebuild(f, result=drawing(bdata=base64.b64encode(b"abc").decode())),
        "array that cannot",
    ),
    "a shape of any length": (
        lambda f: rebuild(f, result=drawing(shape="-1")),
        "array that cannot",
    ),
    "letters that are no base64": (
        lambda f: rebuild(f, result=drawing(bdata="!AAAAAA==")),
        "array that cannot",
    ),
    "columns that do not fit": (lambda f: rebuild(f, result=short_column), "different lengths"),
    "a file elsewhere": (lambda f: rebuild(f, result=giving("../../secret")), "leads elsewhere"),
    "a file with a long name": (lambda f: rebuild(f, result=giving("x" * 201)), "over 200 letters"),
    "a file deep inside": (lambda f: rebuild(f, result=giving("d/" * 600 + "x")), "cannot be used"),
    "a file in a file": (lambda f: rebuild(f, result=giving("a/b", "a!", "a")), "one place: 'a'"),
    "a path twice": (lambda f: rebuild(f, result=giving("a", "b", "a")), "one place: 'a'"),
    "packed by bzip2": (lambda f: repack(f, zipfile.ZIP_BZIP2), "otherwise than by deflating"),
    "packed by LZMA": (lambda f: repack(f, zipfile.ZIP_LZMA), "otherwise than by deflating"),
    "a list of too many files": (long_list, "too many files"),
    "a file that is nowhere": (misplace, "not where its list says"),
    "too many values": (lambda f: spoil(f, "result.json", b"[" * 5_000_001), "5,000,000 values"),
    "too many names": (
        lambda f: rebuild(f, result=lambda _: dict.fromkeys(map(str, range(20_001)))),
        "more than 20,000 names",
    ),
    "a name twice in an object": (
        lambda f: spoil(f, "result.json", b'{"a": 1, "a": 2}'),
        "a name twice",
    ),
    "too deep": (lambda f: spoil(f, "result.json", b"[" * 10_000), "in each other"),
    "too many events": (
        lambda f: rebuild(f, events=lambda _: [b""] * 2_000_002),
        "more than 2,000,000 events",
    ),
    "an event in two lines": (
        lambda f: rebuild(f, events=lambda e: [e[0].replace(b",", b",\r", 1), *e[1:]]),
        "otherwise than by a line feed",
    ),
    "a long integer in a table": (
        lambda f: rebuild(f, result=with_cell(2**64)),
        "an integer of more than 64 bits",
    ),
    "a long integer in a configuration": (
        lambda f: configured(f, {"steps": 10**30}),
        "an integer of more than 64 bits",
    ),
    "a number beyond all bounds": (
        lambda f: spoil(f, "result.json", b'{"progress": 1e999}'),
        "beyond what 64 bits hold",
    ),
    "a large configuration": (
        lambda f: configured(f, {"steps": [0] * 40_000}),
        "larger than 65,536 bytes",
    ),
    "more attempts than a column holds": (
        lambda f: rebuild(f, run=lambda r: {**r, "attempts": 2**31}),
        "run.json is not as it should be .attempts",
    ),
    "a moment after all years": (
        lambda f: rebuild(f, run=lambda r: {**r, "created_at": "9999-12-31T23:00:00-12:00"}),
        "run.json is not as it should be .created_at",
    ),
    "a run twice": (
        lambda f: rebuild(f, manifest=lambda m: {**m, "runs": ["absent"] * 2}),
        "names something twice",
    ),
    "a dashboard with a gap": (lambda f: with_board(f, 1, 5, current=5), "lacks a revision"),
    "a dashboard with a revision twice": (lambda f: with_board(f, 1, 1, current=1), "one twice"),
    "a dashboard that is nowhere": (lambda f: with_board(f, 1, 2, current=3), "that is shown"),
    "a revision of a large number": (
        lambda f: with_board(f, 2**31, current=2**31),
        "b.json is not as it should be .revisions.0.number",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_wrong_is_refused_whole(empty: Services, package: Path, kind: str):
    spoil, said = BAD[kind]
    spoil(package)
    with pytest.raises(Problem, match=said) as caught:
        import_package(package, empty)
    assert caught.value.status == 422
    assert empty.runs.page() == []
    assert left_in(empty) == {"prunelab.sqlite3"}


def answer_to(file: Path) -> int:
    """With which status a package is refused; 200 where it is not."""
    try:
        with opened(file, 1 << 24) as archive:
            check(archive)
    except Problem as problem:
        return problem.status
    return 200


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as pack:
        for name, content in files.items():
            pack.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("part", ["the archive", "manifest", "run", "result", "events"])
def test_a_package_that_was_damaged_on_its_way_is_read_or_refused(package: Path, part: str):
    """Also where whoever damaged a document has made the manifest fit."""
    whole = package.read_bytes()
    with zipfile.ZipFile(package) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    [name] = [name for name in files if Path(name).stem == part] or [""]
    answers = Counter[int]()
    for seed in range(MUTATIONS):
        package.write_bytes(whole)
        if part == "the archive":
            package.write_bytes(damaged(whole, seed))
        elif part == "manifest":
            package.write_bytes(zipped(files | {name: damaged(files[name], seed)}))
        else:
            rebuild(package, more={name: damaged(files[name], seed)})
        try:
            answers[answer_to(package)] += 1
        except Exception as error:
            raise AssertionError(f"mutation {seed} of {part}: {error!r}") from error
    assert answers.keys() <= {200, 413, 422}
    assert answers[422] > MUTATIONS // 2


def left_in(services: Services) -> set[str]:
    names = {path.name for path in services.settings.home.iterdir()}
    # The store's own files beside its file.
    return {name for name in names if not re.search(r"sqlite3[-.]", name)} - {"session.key"}


FAULTY = {
    "items": (b'{"series": {"s": {"x": [', b"[],", b"[]]}}}", Result),
    "cells": (b'{"tables": {"t": {"columns": [], "rows": [[', b"[],", b"[]]]}}}", Result),
    "series": (b'{"series": {', b'"%d":1,', b'"":1}}', Result),
    "frames": (b'{"frames": {"f": [', b"{},", b"{}]}}", Result),
    "arrays": (b'{"frames": {"f": [{"at": 0, "arrays": {', b'"%d":{},', b'"":{}}}]}}', Result),
    "labels": (
        b'{"id": "1", "event": {"kind": "point", "labels": {',
        b'"%d":[],',
        b'"":[]}}}',
        Line,
    ),
    "runs": (b'{"runs": [', b"{},", b"{}]}", Manifest),
    "revisions": (b'{"revisions": [', b"{},", b"{}]}", PackedDashboard),
}


@pytest.mark.parametrize("kind", FAULTY)
def test_a_thousand_faults_do_not_become_a_thousand_errors(kind: str):
    before, faulty, after, model = FAULTY[kind]
    text = before + b"".join(faulty.replace(b"%d", b"%d" % i) for i in range(1000)) + after
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(text)
    assert caught.value.error_count() < 20
    with pytest.raises(Problem, match="x is not as it should be"):
        parsed(text, model, "x")


def test_nothing_is_kept_of_a_package_whose_last_file_is_damaged(
    services: Services, elsewhere: Services, given: str, tmp_path: Path
):
    file = tmp_path / "one.prunelab.zip"
    write_package(file, services, "", [given])

    def lie(manifest: dict[str, Any]) -> dict[str, Any]:
        manifest["files"][f"runs/{given}/artifacts/folder/file.txt"]["sha256"] = "0" * 64
        return manifest

    rebuild(file, manifest=lie)
    with pytest.raises(Problem, match="not what the manifest says"):
        import_package(file, elsewhere)
    assert elsewhere.runs.page() == []
    assert not elsewhere.artifacts.has(given, "folder/file.txt")
    assert left_in(elsewhere) <= {"prunelab.sqlite3", "artifacts"}


def test_files_of_a_run_that_another_process_has_stored_meanwhile_stay(
    services: Services,
    elsewhere: Services,
    given: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    file = tmp_path / "one.prunelab.zip"
    write_package(file, services, "", [given])
    add = Arrivals.add

    def be_late(arrivals: Arrivals, rows: Any, *others: Any) -> None:
        # Rows belong to one session: those of the other process are others of the same content.
        add(arrivals, [(run.run.row(), run.record) for run in check_again(file)], [])
        add(arrivals, rows, *others)

    monkeypatch.setattr(Arrivals, "add", be_late)
    assert import_fails(file, elsewhere).status == 409
    assert b"".join(elsewhere.runs.artifact(given, "folder/file.txt")[1]) == b"kept"


def check_again(file: Path) -> list[CheckedRun]:
    with opened(file, 10**9) as archive:
        return check(archive).runs


def test_too_large_is_refused_by_what_it_says_and_by_what_comes_out(
    elsewhere: Services, package: Path
):
    small = anew(elsewhere.settings, import_bytes=100_000)
    services = make_services(small)
    bomb = b"0" * 200_000
    rebuild(package, more={"bomb.txt": bomb})
    assert package.stat().st_size < 100_000
    with pytest.raises(Problem, match="may have") as caught:
        import_package(package, services)
    assert caught.value.status == 413

    # The same with directories that lie about the sizes.
    lied = package.read_bytes().replace(len(bomb).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    package.write_bytes(lied)
    rebuilt = import_fails(package, services)
    assert rebuilt.status in (413, 422)
    assert services.runs.page() == []
    services.engine.dispose()


def import_fails(package: Path, services: Services) -> Problem:
    with pytest.raises(Problem) as caught:
        import_package(package, services)
    return caught.value


def test_packages_are_taken_in_over_rest(settings: Settings, package: Path, tmp_path: Path):
    home = tmp_path / "served"
    home.mkdir()
    content, headers = package.read_bytes(), {"Content-Type": "application/octet-stream"}
    changed = anew(settings, home=home, import_bytes=len(content) * 20)
    with TestClient(create_api(changed)) as client:
        answer = client.post("/api/import", content=content, headers=headers)
        assert answer.status_code == 200
        [told] = answer.json()
        assert told["state"] == "new"
        assert client.get(f"/api/runs/{told['id']}/result").json()["status"] == "done"
        assert client.post("/api/import", content=content).status_code == 415
        assert client.post("/api/import", content=b"x", headers=headers).status_code == 422
        large = client.post("/api/import", content=content * 21, headers=headers)
        assert large.status_code == 413
        streamed = client.post("/api/import", content=iter([content] * 21), headers=headers)
        assert streamed.status_code == 413
    assert not list(home.glob(".package-*"))
