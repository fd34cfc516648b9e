"""Trained networks are kept, and found again by what made them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pruning.context import Context
from pruning.toy import networks
from pruning.toy.mlp import MLP
from pruning.toy.networks import ToyNetworkSpec, fit, load, save
from pruning.toy.settings import ToyTraining

SPEC = ToyNetworkSpec("moon", 0.1, (8, 7, 6), 3, ToyTraining(steps=25))


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(tmp_path)


def trained(context: Context, spec: ToyNetworkSpec = SPEC) -> MLP:
    *_, (network, _) = fit(spec, context)
    return network


def same(first: MLP, second: MLP) -> bool:
    pairs = zip(first.parameters(), second.parameters(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


def test_a_trained_network_is_found_again(context: Context):
    assert load(SPEC, context) is None
    network = trained(context)
    found = load(SPEC, context)
    assert found is not None
    assert same(network, found)
    assert SPEC.path(context.data_dir).parent == context.data_dir / "networks"
    assert [file.suffix for file in SPEC.path(context.data_dir).parent.iterdir()] == [
        ".safetensors"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": "circle"},
        {"noise": 0.2},
        {"hidden": (8, 7)},
        {"train_seed": 4},
        {"recipe": ToyTraining(steps=26)},
    ],
    ids=str,
)
def test_whatever_a_network_depends_on_is_in_its_name(change: dict[str, object], context: Context):
    trained(context)
    assert load(replace(SPEC, **change), context) is None


def test_a_run_that_stops_early_leaves_nothing(context: Context):
    steps = fit(SPEC, context)
    next(steps), next(steps)
    steps.close()
    assert not SPEC.path(context.data_dir).exists()


def test_a_failed_write_leaves_the_old_file(context: Context, monkeypatch: pytest.MonkeyPatch):
    network = trained(context)

    def fail(state: object, path: Path) -> None:
        path.write_bytes(b"half a file")
        raise OSError("disk full")

    monkeypatch.setattr(networks, "save_file", fail)
    with pytest.raises(OSError, match="disk full"):
        save(network, SPEC, context)
    found = load(SPEC, context)
    assert found is not None
    assert same(network, found)
    assert len(list(SPEC.path(context.data_dir).parent.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"half a file", b"\xff" * 100])
def test_a_damaged_file_is_no_network(context: Context, content: bytes):
    trained(context)
    SPEC.path(context.data_dir).write_bytes(content)
    assert load(SPEC, context) is None


def test_training_points_are_never_reference_samples(context: Context):
    x, _ = SPEC.training_set()
    again, _ = SPEC.training_set()
    assert (x == again).all()
    sample = networks.datasets["moon"].sample
    reference, _ = sample(1000, 0.1, SPEC.train_seed)
    assert not (x == reference).any()
