"""A worker that is killed in a run of MINT: another one ends with the very same numbers."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.workers.breakable import Breakable, without_clocks

MINT: dict[str, Any] = {
    "dataset": "digits",
    "epochs": 3,
    "retrain_epochs": 30,
    "training_images": 1400,
    "test_images": 100,
    "groups": [5],
    "layer_groups": ["fc1=60x64"],
    "samples_per_class": [60],
    "latency_batch": 8,
    "variants": ["mint", "chance"],
    "prune_layers": ["fc2"],
    "second_draw": False,
    "permuted": False,
    "percentages": [80],
    "seeds": [0],
}

pytestmark = pytest.mark.timeout(400)


def is_scored_in_part(result: dict[str, Any]) -> bool:
    """Whether scores of the first layer have come, and not all of them."""
    return "scores/fc1" in result["frames"] and "distribution/fc1" not in result["frames"]


def is_retrained_in_part(result: dict[str, Any]) -> bool:
    """Whether a pruned network is being trained again, and not yet measured."""
    measured = [row[:2] for row in result["tables"].get("accuracy", {"rows": []})["rows"]]
    return "retraining/loss/mint" in result["series"] and ["mint", 80] not in measured


def test_the_tables_of_a_killed_run_are_those_of_an_undisturbed_one(breakable: Breakable):
    killed = breakable.submitted("mint", MINT)
    breakable.kill_amid(is_scored_in_part, killed, "parts")
    breakable.kill_amid(is_retrained_in_part, killed, "parts")
    breakable.done(killed)

    # What is kept for all runs is not to be found again.
    for kept in ("information", "networks"):
        shutil.rmtree(breakable.home / "data" / kept)
    undisturbed = breakable.submitted("mint", MINT)
    breakable.done(undisturbed)
    one, other = (breakable.result(run)["tables"] for run in (killed, undisturbed))
    assert one.keys() == other.keys() == {"signal", "pairs", "accuracy", "summary"}
    for name in one:
        assert without_clocks(one[name], "speedup") == without_clocks(other[name], "speedup")
    assert len(one["accuracy"]["rows"]) == 2 * 2
