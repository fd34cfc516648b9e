"""A `prunelab up` whose processes are killed at random, and runs that it is to end all the same."""

from __future__ import annotations

import base64
import io
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil
from PIL import Image

from tests.chaos.configs import SHORT, differences, without_clocks
from tests.chaos.plugin import KILLS_ITSELF, install
from tests.servers import free_port, start_up, stop, wait_until_up

ENDED = ("done", "failed", "cancelled")
# In what is looked at every so many seconds, with which chance each kind of process is killed.
TICK_SECONDS = 0.25
CHANCES = {"child": 0.08, "worker": 0.02, "web": 0.02, "redis": 0.02, "launcher": 0.005}
OF_ITSELF = 0.05
EACH_SECONDS = 2.0
_PART_OF = {"worker": "prunelab worker", "web": "prunelab web", "redis": "valkey"}


@dataclass
class Report:
    """What was killed, and how the runs did."""

    kills: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    runs: int = 0
    killing_itself: int = 0
    seconds: float = 0.0

    @property
    def share_done(self) -> float:
        """Of those that do not kill themselves, how many were done."""
        return self.statuses["done"] / max(1, self.runs - self.killing_itself)

    def __str__(self) -> str:
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        ends = ", ".join(f"{name} {count}" for name, count in sorted(self.statuses.items()))
        return (
            f"{self.runs} runs in {self.seconds:.0f} s, {self.killing_itself} of which kill "
            f"themselves; killed: {kills}\n"
            f"ends: {ends}; done of the others: {100 * self.share_done:.1f} %\n"
            f"losses: {len(self.wrong)}\n" + "\n".join(self.wrong)
        )


class House:
    """A data directory, and the `prunelab up` that works in it, started again if it was killed."""

    def __init__(self, folder: Path, attempts: int = 3) -> None:
        self.home = folder / "home"
        self._attempts = attempts
        self._path = str(install(folder / "package"))
        self._port = free_port()
        self._up: subprocess.Popen[str] | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, or start it again."""
        self._up = start_up(
            self.home,
            self._port,
            PYTHONPATH=self._path,
            PRUNELAB_LEASE_SECONDS="2",
            PRUNELAB_ATTEMPTS=str(self._attempts),
        )
        wait_until_up(self._up)

    def stop(self) -> None:
        """Stop it as a person would."""
        assert self._up is not None
        assert stop(self._up) == 0

    def kill_launcher(self) -> None:
        """End the launcher alone, and start it again."""
        assert self._up is not None
        self._up.kill()
        self._up.communicate()
        self.start()

    def family(self) -> list[psutil.Process]:
        """Everything that it has started."""
        assert self._up is not None
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self._up.pid).children(recursive=True)
        return []

    def victims(self, kind: str) -> list[psutil.Process]:
        """The processes of a kind: of workers the parents, or what they have forked."""
        family = self.family()
        parts = {each.pid: _command(each) for each in family}
        workers = [pid for pid, words in parts.items() if _PART_OF["worker"] in words]
        if kind in ("worker", "child"):
            return [
                each
                for each in family
                if each.pid in workers and (_parent(each) in workers) == (kind == "child")
            ]
        return [each for each in family if _PART_OF[kind] in parts[each.pid]]

    def ask(self, method: str, path: str, body: Any = None, seconds: float = 120.0) -> Any:
        """What the API answers, as soon as it does: meanwhile it may be down."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = httpx2.request(method, f"{self.url}/api{path}", json=body, timeout=10)
            except httpx2.TransportError:
                answer = None
            if answer is not None and answer.status_code not in (429, 500, 503):
                answer.raise_for_status()
                return answer.json() if answer.content else None
            if time.monotonic() > deadline:
                said = answer.text if answer is not None else "nothing"
                raise TimeoutError(f"{method} {path} was answered with {said}")
            time.sleep(0.2)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def _parent(process: psutil.Process) -> int:
    try:
        return int(process.ppid())
    except psutil.NoSuchProcess:
        return 0


class Killer:
    """Kills from a thread of its own: at random, or each of these kinds once, in their order."""

    def __init__(self, house: House, chance: random.Random, each: Sequence[str] = ()) -> None:
        self.kills: Counter[str] = Counter()
        self._house = house
        self._chance = chance
        self._each = each
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._kill_until_over)
        self.error: Exception | None = None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Kill as long as the ``with`` block lasts."""
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._thread.join()
        if self.error:
            raise self.error

    def _kill_until_over(self) -> None:
        try:
            for kind in self._each:
                time.sleep(EACH_SECONDS)
                # One that is being started again can be killed once it is there.
                while not self._kill(kind):
                    time.sleep(TICK_SECONDS)
            while not self._each and not self._over.wait(TICK_SECONDS):
                for kind, share in CHANCES.items():
                    if self._chance.random() < share:
                        self._kill(kind)
        except Exception as error:
            self.error = error

    def _kill(self, kind: str) -> bool:
        """Kill one of a kind, if there is any."""
        if kind == "launcher":
            self._house.kill_launcher()
        elif victims := self._house.victims(kind):
            with suppress(psutil.NoSuchProcess):
                self._chance.choice(victims).kill()
        else:
            return False
        self.kills[kind] += 1
        return True


def chaos(
    folder: Path,
    runs: int,
    seed: int,
    *,
    each: Sequence[str] = (),
    experiments: Sequence[str] = tuple(SHORT),
    say: Callable[[str], None] = lambda _: None,
    patience: float = 3600.0,
) -> Report:
    """Have runs done while processes are killed.

    Parameters
    ----------
    each
        Kill these kinds once each, every few seconds, in place of all kinds at random.
    """
    chance = random.Random(seed)
    # Where each kind is killed once, no run is lost to chance.
    house = House(folder, attempts=len(each) + 1 if each else 3)
    house.start()
    report = Report(runs=runs)
    try:
        undisturbed = _undisturbed(house, experiments, say)
        _forget_what_is_kept(house)
        begun = time.monotonic()
        killer = Killer(house, chance, each)
        with killer.at_work():
            submitted = _submit(house, list(undisturbed), runs, chance, report)
            _wait(house, submitted, patience, say)
        report.seconds = time.monotonic() - begun
        report.kills = killer.kills
        # What is wrong now stays so: nobody is killed any more.
        for run_id, name in submitted.items():
            _check(house, run_id, undisturbed.get(name), report)
        family = house.family()
    finally:
        house.stop()
    _check_what_is_left(house, family, report)
    return report


def _undisturbed(
    house: House, experiments: Sequence[str], say: Callable[[str], None]
) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Of each experiment a configuration and what comes of it where nobody is killed."""
    found = {}
    runs = {name: _post(house, name, SHORT[name]) for name in experiments}
    if "sweep" in runs:
        asked = {"criterion": "weight", "granularity": "weight", "sparsity": 0.5}
        _end(house, runs["sweep"])
        path = f"/runs/{runs['sweep']}/operating-points"
        runs["operating_point"] = house.ask("POST", path, asked)["id"]
    if "input_selection" in runs:
        _end(house, runs["input_selection"])
        images = [{"name": "grey.png", "content": _picture()}]
        path = f"/runs/{runs['input_selection']}/apply"
        runs["applied_mask"] = house.ask("POST", path, {"images": images})["id"]
    for name, run_id in runs.items():
        end = _end(house, run_id)
        assert end["status"] == "done", f"{name}: {end['error']}"
        say(f"{name}: undisturbed")
        found[name] = end["config"], _result(house, run_id)
    return found


def _picture() -> str:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((8, 8)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _forget_what_is_kept(house: House) -> None:
    """Networks that are trained already would make the runs too short to be killed."""
    for folder in ("networks", "information"):
        for file in (house.home / "data" / folder).glob("*"):
            if file.is_file():
                file.unlink()


def _post(house: House, name: str, config: dict[str, Any], title: str = "") -> str:
    body = {"experiment": name, "config": config, "title": title}
    return str(house.ask("POST", "/runs", body)["id"])


def _end(house: House, run_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 180
    while (run := house.ask("GET", f"/runs/{run_id}"))["status"] not in ENDED:
        assert time.monotonic() < deadline, f"{run['experiment']} takes too long"
        time.sleep(0.1)
    return dict(run)


def _result(house: House, run_id: str) -> dict[str, Any]:
    return without_clocks(house.ask("GET", f"/runs/{run_id}/result"))


def _submit(
    house: House,
    known: list[str],
    runs: int,
    chance: random.Random,
    report: Report,
) -> dict[str, str]:
    """Submit while processes are killed; what each run is of.

    An answer that did not come may be of a run that was put into the queue all the same: these
    have to end well, too.
    """
    configs = {run["experiment"]: run["config"] for run in house.ask("GET", "/runs?limit=100")}
    before = {run["id"] for run in house.ask("GET", "/runs?limit=100")}
    for place in range(runs):
        name = KILLS_ITSELF if chance.random() < OF_ITSELF else known[place % len(known)]
        report.killing_itself += name == KILLS_ITSELF
        _post(house, name, configs.get(name, {}), title=f"chaos {place}")
    submitted = {run["id"]: run["experiment"] for run in _all(house) if run["id"] not in before}
    report.runs = len(submitted)
    report.killing_itself = sum(name == KILLS_ITSELF for name in submitted.values())
    return submitted


def _wait(
    house: House, submitted: dict[str, str], patience: float, say: Callable[[str], None]
) -> None:
    deadline = time.monotonic() + patience
    said = 0.0
    while time.monotonic() < deadline:
        ended = sum(run["id"] in submitted and run["status"] in ENDED for run in _all(house))
        if time.monotonic() - said > 30:
            said = time.monotonic()
            say(f"{ended} of {len(submitted)} runs have ended")
        if ended == len(submitted):
            return
        time.sleep(1.0)


def _all(house: House) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    while page := house.ask("GET", f"/runs?limit=100&offset={len(listed)}"):
        listed += page
    return listed


def _check(
    house: House,
    run_id: str,
    undisturbed: tuple[dict[str, Any], dict[str, Any]] | None,
    report: Report,
) -> None:
    """One end, every event once and in order, and what comes of it as if nobody was killed."""
    run = house.ask("GET", f"/runs/{run_id}")
    report.statuses[run["status"]] += 1
    name = f"{run['experiment']} {run_id}"
    if run["status"] not in ENDED:
        report.wrong.append(f"{name} has not ended: {run['status']}")
        return
    log = httpx2.get(f"{house.url}/api/runs/{run_id}/events").text.splitlines()
    ids = [line.split('"', 4)[3] for line in log]
    ends = [line for line in log if '"event":{"kind":"end"' in line]
    in_order = sorted(ids, key=lambda each: tuple(map(int, each.split("-"))))
    if len(ends) != 1 or ends[0] != log[-1]:
        report.wrong.append(f"{name} has {len(ends)} ends")
    if ids != in_order or len(set(ids)) != len(ids):
        report.wrong.append(f"{name} has events twice, or out of order")
    if run["status"] == "done" and undisturbed:
        found = differences(_result(house, run_id), undisturbed[1])
        if found:
            report.wrong.append(f"{name} has another result than undisturbed: {found[:3]}")
    if run["status"] == "failed" and "died" not in run["error"]:
        report.wrong.append(f"{name} failed of something else: {run['error']}")
    if run["status"] == "cancelled":
        report.wrong.append(f"{name} was cancelled by nobody")


def _check_what_is_left(house: House, family: list[psutil.Process], report: Report) -> None:
    for process in family:
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                report.wrong.append(f"process {process.pid} is left: {_command(process)}")
    scratch = house.home / "scratch"
    left = sorted(each.name for each in scratch.iterdir()) if scratch.is_dir() else []
    if left:
        report.wrong.append(f"scratch is left: {', '.join(left)}")
