"""The operating point that a row of a sweep is, as a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pruning.context import CannotRunError
from pruning.events import Result
from pruning.experiments.main_results import rows
from pruning.experiments.operating_point.config import OperatingPointConfig
from pruning.experiments.sweep.config import REINITIALISED, SHUFFLED, SweepConfig, split_control
from pruning.experiments.sweep.outputs import ACCURACY_TABLE

# Two sparsities that differ by less are the same, written in other ways.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class AskedPoint:
    """What people name of a network.

    Attributes
    ----------
    criterion
        As the column of the tables says it, so that it may be a control.
    further_epochs, further_learning_rate
        How it is fine-tuned from there.
    """

    criterion: str
    granularity: str
    seed: int
    sparsity: float
    further_epochs: int = 0
    further_learning_rate: float | None = None


def point_of(sweep: Mapping[str, Any], result: Result, asked: AskedPoint) -> OperatingPointConfig:
    """The configuration that makes this network of a sweep again.

    Only what the network depends on is kept of the sweep's, so that equal networks have equal
    configurations.

    Parameters
    ----------
    sweep
        The configuration of the sweep, as it is stored.
    result
        What the sweep said.

    Raises
    ------
    CannotRunError
        If the sweep has no such network; the message says which it has.
    """
    config = SweepConfig.model_validate(SweepConfig.of_older(sweep))
    row, dense = _row(result, asked, asked.sparsity), _row(result, asked, 0.0)
    if row is None:
        raise CannotRunError(_none(result, asked))
    name, control = split_control(asked.criterion)
    kept = config.model_dump(mode="json") | {
        "criteria": [name],
        "granularities": [asked.granularity],
        "seeds": [asked.seed],
        "layer_shuffled": control == SHUFFLED,
        "reinitialised": control == REINITIALISED,
        "sensitivity": False,
        "take_away": ["safetensors", "onnx", "torch_export", "masks"],
        "sparsity": row["sparsity_asked"],
        "accuracy": row["test_accuracy"],
        "dense_accuracy": dense and dense["test_accuracy"],
        "further_epochs": asked.further_epochs,
        "further_learning_rate": asked.further_learning_rate,
    }
    settings = config.criterion_settings
    kept["criterion_settings"] = {name: settings[name]} if name in settings else {}
    return OperatingPointConfig.model_validate(kept)


def _row(result: Result, asked: AskedPoint, sparsity: float) -> dict[str, Any] | None:
    of_arm = {"criterion": asked.criterion, "granularity": asked.granularity, "seed": asked.seed}
    found = (
        row
        for row in rows(result, ACCURACY_TABLE.name)
        if of_arm.items() <= row.items() and abs(row["sparsity_asked"] - sparsity) < _ROUNDING
    )
    return next(found, None)


def _none(result: Result, asked: AskedPoint) -> str:
    """That there is no such network, and which there are."""
    there = list(rows(result, ACCURACY_TABLE.name))
    if not there:
        return "the sweep has pruned no network yet: wait for the first row of its table"
    arms = list(dict.fromkeys(f"{row['criterion']} by {row['granularity']}" for row in there))
    seeds = sorted({row["seed"] for row in there})
    sparsities = sorted({row["sparsity_asked"] for row in there})
    return (
        f"the sweep has no network of {asked.criterion} by {asked.granularity}, seed "
        f"{asked.seed}, at a sparsity of {asked.sparsity:g}: there are {', '.join(arms)}, seeds "
        f"{', '.join(map(str, seeds))}, sparsities {', '.join(f'{each:g}' for each in sparsities)}"
    )
