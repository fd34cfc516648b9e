"""Trained networks are kept, and found again by what made them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pruning.context import CancelledError, Context
from pruning.locks import alone
from pruning.toy import networks, training
from pruning.toy.mlp import MLP
from pruning.toy.networks import ToyNetworkSpec, fit, load, save
from pruning.toy.settings import TRAININGS, ToyTraining
from pruning.toy.training import TrainingProgress

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
    # The network, and what it was like along the way.
    names = [file.name for file in SPEC.path(context.data_dir).parent.iterdir()]
    endings = [".moments.safetensors", ".safetensors"]
    assert sorted(names) == [f"{SPEC.hash}{ending}" for ending in endings]


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
    assert len(list(SPEC.path(context.data_dir).parent.iterdir())) == 2


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


class TestTrainingOnAllPoints:
    """It takes minutes, so that nothing of it may be lost and nothing done twice."""

    recipe = replace(TRAININGS["published"], steps=12)
    spec = replace(SPEC, recipe=recipe)

    @pytest.fixture(autouse=True)
    def _often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(training, "CHECKPOINT_EVERY", 5)
        monkeypatch.setattr(training, "REPORT_EVERY_ON_ALL", 1)

    def left(self, context: Context) -> set[str]:
        return {"".join(f.suffixes) for f in self.spec.path(context.data_dir).parent.iterdir()}

    def test_it_says_how_far_it_is_and_keeps_the_network(self, context: Context):
        said = [progress.steps for _, progress in fit(self.spec, context)]
        assert said == list(range(13))
        assert self.left(context) == {".safetensors", ".lock"}

    @pytest.mark.parametrize("killed_after", [3, 5, 8, 11])
    def test_a_killed_one_goes_on_to_the_same_numbers(self, killed_after: int, tmp_path: Path):
        whole, killed = Context(tmp_path / "whole"), Context(tmp_path / "killed")
        steps = fit(self.spec, killed)
        for _ in range(killed_after + 1):
            next(steps)
        steps.close()
        assert not self.spec.path(killed.data_dir).exists()
        *said, (network, last) = fit(self.spec, killed)
        assert last.steps == 12
        assert said[1][1].steps == killed_after // 5 * 5 + 1
        assert same(network, trained(whole, self.spec))
        assert self.left(killed) == {".safetensors", ".lock"}

    @pytest.mark.parametrize("content", [b"", b"half a file"])
    def test_one_with_a_damaged_checkpoint_starts_over(self, content: bytes, context: Context):
        path = self.spec.path(context.data_dir).with_suffix(".partial.safetensors")
        path.parent.mkdir()
        path.write_bytes(content)
        assert [progress.steps for _, progress in fit(self.spec, context)] == list(range(13))

    def test_a_cancelled_one_stops_before_its_next_step(self, context: Context):
        steps: list[int] = []
        asked = replace(context, cancelled=lambda: len(steps) > 3)
        with pytest.raises(CancelledError):
            steps.extend(progress.steps for _, progress in fit(self.spec, asked))
        assert steps == [0, 1, 2, 3]
        assert load(self.spec, context) is None

    def test_of_two_that_want_one_network_one_waits(
        self, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        made = trained(Context(tmp_path / "elsewhere"), self.spec)
        monkeypatch.setattr(networks, "train_on_all", None)
        path = self.spec.path(context.data_dir)
        path.parent.mkdir()
        steps = fit(self.spec, context)
        with alone(path.with_suffix(".lock")):
            assert next(steps)[1].steps == 0
            assert next(steps)[1].elsewhere
            save(made, self.spec, context)
        *_, (network, last) = steps
        assert last == TrainingProgress(12, last.accuracy)
        assert same(network, made)

    def test_one_that_waits_can_be_cancelled(self, context: Context):
        path = self.spec.path(context.data_dir)
        path.parent.mkdir()
        with alone(path.with_suffix(".lock")), pytest.raises(CancelledError):
            list(fit(self.spec, replace(context, cancelled=lambda: True)))


def test_the_published_training_is_the_published_one():
    published = TRAININGS["published"]
    assert (published.steps, published.batch, published.momentum) == (10_000, 0, 0.9)
    assert {published.learning_rate_of(width) for width in (100, 1000)} == {0.001}
    assert published.schedule == "constant"


def test_networks_that_are_trained_quickly_keep_their_names():
    assert ToyNetworkSpec("circle", 0.1, (1000, 1000, 1000), 0).hash == "660864d130b8aa61"
