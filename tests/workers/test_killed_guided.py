"""A worker that is killed in a race: another one ends with the very same numbers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workers.breakable import Breakable, without_clocks

GUIDED: dict[str, Any] = {
    "dataset": "digits",
    "arms": ["none", "group_lasso_variance"],
    "lasso": [0.02],
    "lasso_step": "proximal",
    "threshold": 0.01,
    "epochs": 40,
    "evaluate_every": 50,
    "test_images": 100,
    "latency_batch": 8,
    "levels": [0.05, 0.1],
    "seeds": [0, 1],
}

pytestmark = pytest.mark.timeout(400)


def is_racing(result: dict[str, Any]) -> bool:
    """Whether networks are on their way, behind a checkpoint, and none has ended."""
    series = result["series"].get("along/accuracy/none", {"x": []})
    return max(series["x"], default=0) >= 300 and "arms" not in result["tables"]


def test_the_tables_of_a_killed_run_are_those_of_an_undisturbed_one(breakable: Breakable):
    killed = breakable.submitted("guided_sparsity", GUIDED)
    breakable.kill_amid(is_racing, killed, "parts")
    breakable.done(killed)

    undisturbed = breakable.submitted("guided_sparsity", GUIDED)
    breakable.done(undisturbed)
    one, other = (breakable.result(run) for run in (killed, undisturbed))
    tables = {"arms", "summary", "layers", "levels", "ahead"}
    assert one["tables"].keys() == other["tables"].keys() == tables
    for name, table in one["tables"].items():
        clocks = ("speedup", "latency")
        assert without_clocks(table, *clocks) == without_clocks(other["tables"][name], *clocks)
    assert len(one["tables"]["arms"]["rows"]) == 2 * 2
    assert one["series"].keys() == other["series"].keys()
