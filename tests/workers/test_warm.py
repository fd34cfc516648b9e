"""A child loads what runs need while it is idle, and has it loaded before a run begins."""

from __future__ import annotations

import sys
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


def test_a_run_does_not_wait_for_idleness_but_for_what_it_needs():
    warm_up = WarmUp("parts", idle_seconds=600)
    warm_up.start()
    assert MODULE not in sys.modules
    warm_up.finish()
    assert MODULE in sys.modules


@pytest.mark.parametrize("queue", ["interactive", "training", "parts"])
def test_all_that_is_loaded_is_there(queue):
    for name in warm._MODULES[queue]:
        __import__(name)
