"""What a run is found by, told by its experiment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.store.facts import describe
from backend.store.models import RunRow
from pruning.context import Context
from pruning.events import Event
from pruning.experiments.base import ExperimentConfig, experiment, experiments
from pruning.experiments.outputs import Facts, Outputs, Variant


class Layers(ExperimentConfig):
    layers: int = 2


def facts(config: Layers) -> Facts:
    found = [Variant("layers", f"{n} layers", f"{n} layers") for n in range(1, config.layers + 1)]
    return Facts(variants=tuple(found))


def run(config: Layers, context: Context) -> Iterator[Event]:
    yield from ()


@pytest.fixture
def layers() -> Iterator[None]:
    """An experiment without a dataset, a model and criteria."""
    experiments.names()
    before = dict(experiments._entries)
    experiment(
        "layers",
        title="Layers",
        description="Layers.",
        queue="interactive",
        config=Layers,
        outputs=Outputs(),
        facts=facts,
    )(run)
    yield
    experiments._entries = before


def row(name: str, **config: object) -> RunRow:
    return RunRow(id="a1", experiment=name, title="", tags=[], config=config)


@pytest.mark.parametrize(
    ("name", "config", "expected"),
    [
        ("toy", {}, ("circle", "mlp 100-100-100", "weight, grad, taylor, lrp")),
        (
            "toy_study",
            {"hidden": [9]},
            ("moon, circle, mult", "mlp 9", "weight, grad, taylor, lrp"),
        ),
        ("sweep", {}, ("digits", "lenet-300-100", "weight, lrp, random")),
    ],
)
def test_an_experiment_tells_what_its_runs_are_found_by(name, config, expected):
    found = describe(row(name, **config))
    assert (found.dataset, found.model, found.criteria) == expected


def test_variants_of_any_kind_are_found(layers):
    found = describe(row("layers", layers=2))
    assert (found.dataset, found.model, found.criteria) == ("", "", "1 layers, 2 layers")
    assert "2 layers" in found.search


def test_what_is_not_installed_here_is_told_by_its_names():
    config = experiments["sweep"].config().model_dump(mode="json")
    found = describe(row("sweep", **config | {"dataset": "own-cats", "criteria": ["gone"]}))
    assert (found.dataset, found.criteria) == ("own-cats", "gone")


def test_of_an_experiment_that_is_gone_nothing_is_known():
    found = describe(row("gone", dataset="moon"))
    assert (found.dataset, found.model, found.criteria) == ("", "", "")
