"""Hashes of settings: first fields never change theirs, later ones count where they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pruning.training.cache import NetworkSpec
from pruning.training.identity import digest, identity, later
from pruning.training.optimisers import Training

CONTENT, CODE = "0123456789abcdef", "fedcba9876543210"
ALL = Training(
    epochs=3,
    batch_size=64,
    learning_rate=0.05,
    optimizer="sgd",
    learning_rate_schedule="cosine",
    l1=1e-4,
    l2=1e-3,
    weight_decay=5e-4,
    augment=True,
    keep="last",
    seed=7,
)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (NetworkSpec("lenet5", "mnist", CONTENT, CODE, Training(epochs=20)), "0411e6cf4474ac90"),
        (
            NetworkSpec("lenet5", "mnist", CONTENT, CODE, Training(epochs=20), 0.1),
            "6494f94be999a065",
        ),
        (
            NetworkSpec("mlp-wide", "fashion-mnist", "00ff00ff00ff00ff", CODE, ALL, 0.25, 5000),
            "87a7a564ed5f2a1a",
        ),
    ],
)
def test_networks_that_people_have_are_found(spec: NetworkSpec, expected: str):
    """The hashes that these settings had when code began to count; no change may move them."""
    assert spec.hash == expected


def test_those_that_start_from_a_file_too(tmp_path: Path):
    path = tmp_path / "w"
    path.write_bytes(b"weights")
    training = Training(epochs=0)
    spec = NetworkSpec("lenet-300-100", "digits", "0" * 16, CODE, training, weights=path)
    assert spec.hash == "7ba254bdb373f0b9"


@dataclass(frozen=True)
class Old:
    epochs: int
    rate: float = 0.1


@dataclass(frozen=True)
class New(Old):
    nesterov: bool = later(False, before=False)
    precision: str = later("bfloat16", before="float32")


@dataclass(frozen=True)
class Network:
    name: str
    training: Old
    version: int = field(default=1)


def told(training: Old) -> str:
    return digest(identity(Network("a", training)))


def test_a_later_field_counts_where_it_differs_from_what_held_before():
    old = told(Old(3))
    assert told(New(3, precision="float32")) == old
    assert told(New(3, nesterov=True, precision="float32")) != old


def test_a_default_that_changed_counts_as_a_difference():
    assert told(New(3)) != told(Old(3))
    assert identity(New(3)) == {"epochs": 3, "rate": 0.1, "precision": "bfloat16"}


def test_first_fields_count_even_at_their_defaults():
    assert identity(Network("a", Old(3))) == {
        "name": "a",
        "training": {"epochs": 3, "rate": 0.1},
        "version": 1,
    }
