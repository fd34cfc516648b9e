"""A worker that is killed while it learns a mask: another one ends with the very same numbers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workers.breakable import Breakable

SELECTION: dict[str, Any] = {
    "dataset": "digits",
    "kinds": ["static", "dynamic"],
    "seeds": [0],
    "epochs": 20,
    "warmup_epochs": 2,
    "logit_init": 0.5,
    "mask_learning_rate": 0.1,
    "lambda_patience": 0,
    "lambda_threshold": 1,
    "training_images": 600,
    "test_images": 100,
    "batch_size": 64,
}

pytestmark = pytest.mark.timeout(400)


def rows(result: dict[str, Any], table: str) -> list[list[Any]]:
    tables = result["tables"]
    return list(tables[table]["rows"]) if table in tables else []


def is_learning_its_second_mask(result: dict[str, Any]) -> bool:
    """The first is then read again, the second goes on."""
    epochs = SELECTION["epochs"]
    return epochs + 3 <= len(rows(result, "epochs")) < 2 * epochs


def test_the_tables_of_a_killed_run_are_those_of_an_undisturbed_one(breakable: Breakable):
    killed = breakable.submitted("input_selection", SELECTION)
    breakable.kill_amid(is_learning_its_second_mask, killed, "training")
    assert breakable.done(killed)["attempts"] == 2

    undisturbed = breakable.submitted("input_selection", SELECTION)
    assert breakable.done(undisturbed)["attempts"] == 1
    one, other = (breakable.result(run) for run in (killed, undisturbed))
    for table in ("epochs", "best"):
        assert rows(one, table) == rows(other, table)
    assert len(rows(one, "epochs")) == 2 * SELECTION["epochs"]
    assert {row[0] for row in rows(one, "best")} == {"static", "dynamic"}
