"""Magnitude pruning of MNIST against its published figures, where the images are at hand.

All of the recipe's epochs: which of them is the best depends on the processor's rounding, and after
the first few the breakdown of units does, too.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pruning.context import Context
from pruning.data.image_base import image_datasets
from pruning.data.places import look_in
from pruning.events import fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.sweep import measuring_time
from pruning.recipes.base import recipes
from pruning.threads import one_thread

SHARED = Path(__file__).parents[3] / "shared" / "data"
POINTS = 0.015


@pytest.mark.timeout(900)
def test_units_and_weights_fall_where_they_were_published_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # Latencies are not looked at here: they would take another quarter of the time.
    monkeypatch.setattr(measuring_time, "SHARE", 0.0)
    look_in(tmp_path, SHARED)
    if not image_datasets["mnist"].at_hand(tmp_path):
        pytest.skip("MNIST is not at hand")
    recipe = recipes["magnitude-digits"]
    published = {
        (r["granularity"], r["sparsity"]): r["test_accuracy"] for r in recipe.published.rows
    }
    settings = {"sparsities": sorted({k for _, k in published}), "take_away": []}
    config = recipe.study.config.model_validate(recipe.config | settings)
    # Beside other tests two threads would wait for each other most of the time.
    with one_thread():
        result = fold(execute(experiments["sweep"], config, Context(tmp_path)))
    assert result.status == "done", result.error
    table = result.tables["summary"]
    places = [table.columns.index(n) for n in ("granularity", "sparsity", "test_accuracy")]
    reached = {(row[places[0]], row[places[1]]): row[places[2]] for row in table.rows}

    for granularity, highest in (("unit", 0.6), ("weight", 0.8)):
        for (kind, sparsity), accuracy in published.items():
            if kind == granularity and sparsity <= highest:
                assert reached[kind, sparsity] == pytest.approx(accuracy, abs=POINTS)
    # The knees: units break down between 70 % and 90 %, weights between 95 % and 99 %.
    assert reached["unit", 0.7] > 0.85 > 0.6 > reached["unit", 0.9]
    assert reached["weight", 0.95] > 0.85 > 0.6 > reached["weight", 0.99]
