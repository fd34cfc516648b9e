"""Granularities and budgets of a sweep: N:M, and units until a cost is reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from pruning.data.image_base import image_datasets
from pruning.experiments.sweep import measuring_time
from pruning.experiments.sweep.removal import Ranked, ToBudget, cost_left
from pruning.models.base import models
from pruning.structure.cost import cost_of
from pruning.structure.groups import Structure, slim
from pruning.takeaway.masks import read_masks
from tests.pruning.checks import generator
from tests.pruning.experiments.test_sweep import done, rows, sweep

SHAPE = image_datasets["digits"].shape


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring_time, "LEAST", 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("budgets")


def test_two_of_four_stay(folder: Path):
    asked = [0.5, 0.9]
    result = done(
        sweep(
            folder,
            criteria=["weight", "random"],
            granularities=["semi_structured", "weight"],
            sparsities=asked,
            scope="global",
        )
    )
    masks = read_masks(folder / "artifacts" / "weight-semi_structured-masks.npz")
    for layer in masks[0.5].values():
        assert (layer.view(len(layer), -1, 4).sum(dim=-1) == 2).all()
    found = {
        (row["granularity"], row["sparsity_asked"]): row
        for row in rows(result, "accuracy")
        if row["criterion"] == "weight"
    }
    assert found["semi_structured", 0.5]["sparsity_achieved"] == 0.5
    assert found["semi_structured", 0.9]["sparsity_achieved"] == 0.75
    # As many values as of single weights, and a bit for each place: what 2:4 stores.
    for column in ("compression", "bytes", "nonzero_parameters"):
        assert found["semi_structured", 0.5][column] == pytest.approx(
            found["weight", 0.5][column], rel=1e-3
        )
    curve = result.series["accuracy/weight/semi_structured/sparsity"]
    assert set(curve.x) == {0.0, 0.5, 0.75}


def test_layers_that_cannot_be_divided_stay_whole(tmp_path: Path):
    result = done(
        sweep(
            tmp_path,
            model="conv-4",
            epochs=1,
            criteria=["weight"],
            granularities=["semi_structured"],
            sparsities=[0.5],
        )
    )
    assert any("Whole stay layers" in note.text and "conv1" in note.text for note in result.notes)
    masks = read_masks(tmp_path / "artifacts" / "weight-semi_structured-masks.npz")
    assert "conv1" not in masks[0.5]
    assert {row["layer"] for row in rows(result, "layers")} == set(masks[0.5])


def test_runs_that_no_layer_has_are_refused_before_training(tmp_path: Path):
    result = sweep(tmp_path, granularities=["semi_structured"], criteria=["weight"], run_length=7)
    assert result.status == "failed"
    assert "choose another M" in str(result.error)
    assert not result.series


@pytest.mark.parametrize("budget", ["parameters", "multiply_adds"])
@pytest.mark.parametrize("scope", ["layer", "global"])
def test_what_is_left_keeps_the_budget(folder: Path, budget: str, scope: str):
    settings: dict[str, Any] = {"criteria": ["weight", "synflow"], "scope": scope}
    result = done(sweep(folder, budget=budget, sparsities=[0.3, 0.9], **settings))
    whole = {"parameters": "parameter_ratio", "multiply_adds": "speedup_theoretical"}[budget]
    for row in rows(result, "accuracy"):
        asked, achieved = row["sparsity_asked"], row["sparsity_achieved"]
        # A unit of the first layers is at most two in a hundred of all.
        assert asked <= achieved <= asked + 0.02
    for row in rows(result, "summary"):
        left = row[whole] if budget == "parameters" else 1 / row[whole]
        assert left <= 1 - row["sparsity"] + 1e-9
    assert f"accuracy/weight/unit/{budget}" in result.series
    assert "accuracy/weight/unit/sparsity" not in result.series


def counted(network: nn.Module, budget: str) -> int:
    cost = cost_of(network, SHAPE)
    return cost.parameters if budget == "parameters" else cost.multiply_adds


@pytest.mark.parametrize("budget", ["parameters", "multiply_adds"])
@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_one_unit_more_would_break_the_budget(budget: Any, together: bool, seed: int):
    """Against removing one unit after the other, slimming the network and counting it."""
    network = models["lenet-300-100"].untrained(SHAPE, 10, seed)
    structure = Structure.of(network, SHAPE, ["output"])
    draws = generator(seed)
    counts = structure.unit_counts
    scores = {name: torch.rand(units, generator=draws) for name, units in counts.items()}
    kept = {name: torch.ones(units, dtype=torch.bool) for name, units in counts.items()}
    ranked = Ranked(together=together, spare=True)
    left = cost_left(structure, SHAPE, budget, torch.zeros(1, *SHAPE), lambda: None)
    found = ToBudget(ranked, left)(scores, kept, 0.6)

    most = 0.4 * counted(network, budget)
    assert counted(slim(network, SHAPE, found, ["output"]), budget) <= most
    one_less = next(
        before
        for removed in range(sum(counts.values()), -1, -1)
        if _differs(before := ranked(scores, kept, removed / sum(counts.values())), found)
        and all((before[name] | ~found[name]).all() for name in found)
    )
    assert counted(slim(network, SHAPE, one_less, ["output"]), budget) > most


def _differs(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return any((one[name] != other[name]).any() for name in one)


def test_latency_falls_to_what_is_asked(folder: Path):
    result = done(
        sweep(folder, criteria=["weight"], budget="latency", sparsities=[0.4], latency_batch=64)
    )
    [pruned] = [row for row in rows(result, "summary") if row["sparsity"]]
    assert pruned["channel_ratio"] < 0.9
    assert pruned["speedup_measured"] > 1.2
    [row] = [row for row in rows(result, "accuracy") if row["sparsity_asked"]]
    assert row["sparsity_achieved"] == pytest.approx(1 - 1 / row["speedup_measured"])


@pytest.mark.parametrize("budget", ["parameters", "multiply_adds", "latency"])
def test_a_budget_below_what_cannot_go_is_refused_before_training(tmp_path: Path, budget: str):
    result = sweep(tmp_path, criteria=["weight"], budget=budget, sparsities=[0.9999])
    assert result.status == "failed"
    assert "ask for sparsities up to" in str(result.error)
    assert not result.series
