"""A child loads what runs need while it is idle; no run waits for what it may not need."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from tests.conftest import eventually
from workers import warm
from workers.warm import WarmUp

# One that nobody needs otherwise.
MODULE = "this"


@pytest.fixture(autouse=True)
def _one_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setitem(warm._MODULES, "parts", (MODULE,))
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    yield
    sys.modules.pop(MODULE, None)
    capsys.readouterr()


def test_an_idle_child_loads_them_by_itself():
    begun = time.monotonic()
    WarmUp("parts", idle_seconds=0.2).start()
    eventually(lambda: MODULE in sys.modules, what="the module")
    assert time.monotonic() - begun >= 0.2


def test_a_run_waits_neither_for_idleness_nor_for_what_nobody_has_begun_to_load():
    warm_up = WarmUp("parts", idle_seconds=600)
    warm_up.start()
    warm_up.stop()
    assert MODULE not in sys.modules


def test_a_run_waits_for_what_is_being_loaded(monkeypatch: pytest.MonkeyPatch):
    loaded: list[str] = []

    def load(name: str) -> None:
        begun.set()
        time.sleep(0.2)
        loaded.append(name)

    begun = threading.Event()
    monkeypatch.setitem(warm._MODULES, "parts", ("first", "second"))
    monkeypatch.setattr(warm.importlib, "import_module", load)
    warm_up = WarmUp("parts", idle_seconds=0)
    warm_up.start()
    begun.wait()
    warm_up.stop()
    assert loaded == ["first"]


@pytest.mark.parametrize("queue", ["interactive", "training", "parts"])
def test_all_that_is_loaded_is_there(queue):
    for name in warm._MODULES[queue]:
        __import__(name)
