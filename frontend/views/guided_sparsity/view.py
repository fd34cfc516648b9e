"""How a run of guided sparsity looks: the race, what sparsity costs, who is ahead, who lives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from frontend.figures.tables import TableView, table_view
from frontend.figures.view import Downloads, Scrubber, View
from frontend.schemas import changed
from frontend.views.guided_sparsity import variants
from frontend.views.guided_sparsity.race import race
from frontend.views.guided_sparsity.trade_off import trade_off
from frontend.views.guided_sparsity.units import alive, energies, units
from pruning.data.image_base import image_datasets
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import ARMS
from pruning.experiments.guided_sparsity.outputs import (
    AHEAD,
    ARMS_TABLE,
    LAYERS,
    LEVELS,
    SUMMARY,
)
from pruning.experiments.outputs import Format, TableOutput
from pruning.models.base import models

# Means of counts need no decimals.
_FORMATS: dict[str, Format] = dict.fromkeys(("alive_units", "parameters_slim", "step"), "integer")
# One column tells all coefficients; the CSV has each.
_APART = ("l1", "lasso", "variance")
# What is looked for comes first: the rest of a wide table is out of sight.
_WORTH = ("accuracy", "sd", "sparsity_of_all_weights", "alive_units", "speedup_measured")
_FIRST = (
    *("sparsity", "verdict", "first", "first_coefficients", "first_accuracy", "first_sd"),
    *("arm", "coefficients", "seed", "seeds", *_WORTH),
)
# Of networks that can be trained here.
_LEAST_LAYERS = 3
_ENDED = {"whole": "as planned", "diverged": "diverged"}


def guided_sparsity(config: GuidedSparsityConfig) -> View:
    """From the race to every network."""
    networks = len(config.entrants) * len(config.seeds)
    levels = len(config.levels)
    return View(
        summary=f"{image_datasets[config.dataset].title} · {models[config.model].title} · "
        f"{', '.join(ARMS[arm] for arm in config.arms)}",
        details=changed(config, besides={"dataset", "model", "arms"}),
        subject=image_datasets[config.dataset].title,
        parts=[
            race(config),
            trade_off(config),
            _table(AHEAD, config, rows=levels),
            _table(LEVELS, config, rows=levels),
            _table(SUMMARY, config, rows=len(config.entrants)),
            _table(ARMS_TABLE, config, rows=networks),
            # What follows it stands below it: it stays in sight, and would cover all else.
            _scrubber(config),
            units(config),
            energies(config),
            alive(config),
            _layers(config),
            Downloads(
                "Take away",
                "The network of every arm and its coefficients, without its dead units: its "
                "weights, and how to build it again. Of the first seed.",
                "Nothing yet: files come once the networks of the first seed are trained.",
            ),
        ],
    )


def _scrubber(config: GuidedSparsityConfig) -> Scrubber:
    """The steps at which networks are looked at; while they learn the last there is, is shown."""
    steps = config.moments
    return Scrubber(
        title="Step",
        places=[float(step) for step in steps],
        labels=[f"Step {step:,} of {config.total_steps:,}" for step in steps],
        marks=[f"{step:,}" for step in steps],
        start=float(steps[-1]),
        choosers=variants.choosers(config),
    )


def _layers(config: GuidedSparsityConfig) -> TableView:
    return _table(
        LAYERS,
        config,
        rows=_LEAST_LAYERS * len(config.entrants),
        names=("entrant", "step", "layer", "units", "alive", "share", "zeros"),
        sort=["entrant"],
        places=["step"],
        only_here=True,
        latest_of="entrant",
        description=f"{LAYERS.description} At the slider's step; of a network that has not come "
        "there, at its last before.",
    )


def _columns(table: TableOutput) -> list[str]:
    """What is shown of a table, in this order."""
    first = [name for name in _FIRST if name in table.names]
    return [*first, *(name for name in table.names if name not in {*first, *_APART})]


def _table(table: TableOutput, config: GuidedSparsityConfig, **options: Any) -> TableView:
    shown = table_view(
        table,
        options.pop("names", _columns(table)),
        titles={**variants.titles(config), "ended": _ENDED},
        colours=variants.colours(config),
        **{"sort": list(table.key), **options},
    )
    columns = [replace(each, format=_FORMATS.get(each.name, each.format)) for each in shown.columns]
    return replace(shown, columns=columns)
