"""A sweep from end to end, on the images that are always there."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import torch
from onnxruntime import InferenceSession
from pydantic import ValidationError
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from pruning.context import Context
from pruning.criteria.base import criteria
from pruning.data.image_base import Images, image_datasets
from pruning.evaluation.accuracy import Outcome
from pruning.evaluation.batches import Splits
from pruning.evaluation.many_masks import evaluate_slimmed
from pruning.events import Progress, Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.sweep import baseline, measuring_time, networks, take_away
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.outputs import ACCURACY_TABLE
from pruning.masks.quantile import below_quantile
from pruning.masks.schedules import trajectory
from pruning.models.base import Shape, models
from pruning.structure.surgery import Slimmer
from pruning.takeaway.masks import read_masks
from pruning.takeaway.weights import rebuild
from pruning.tensor_files import read_tensors
from tests.pruning.odd_networks import Does

# Quick: few images, a few passes.
QUICK: dict[str, Any] = {
    "epochs": 6,
    "learning_rate": 0.003,
    "seeds": [0],
    "sparsities": [0, 0.25, 0.5, 0.9],
    "reference_samples": 60,
    "latency_batch": 8,
    "take_away": ["masks"],
}
SPEEDUP = ("speedup_measured", "speedup_measured_q1", "speedup_measured_q3")
# A network without batch norm has no scales to go by.
WITHOUT_NORM = [name for name in criteria.names() if name != "bn_scale"]


def sweep(folder: Path, **settings: Any) -> Result:
    """Run a quick sweep whose trained networks are kept in ``folder``."""
    config = SweepConfig.model_validate(QUICK | settings)
    (folder / "artifacts").mkdir(exist_ok=True)
    with TemporaryDirectory() as scratch:
        context = Context(folder, artifacts=folder / "artifacts", scratch=Path(scratch))
        return fold(execute(experiments["sweep"], config, context))


def done(result: Result) -> Result:
    assert result.status == "done", result.error
    return result


def rows(result: Result, table: str) -> list[dict[str, Any]]:
    found = result.tables[table]
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On busy cores speed-ups would take five seconds of each sweep."""
    monkeypatch.setattr(measuring_time, "LEAST", 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the network of all these sweeps is kept: it is trained once."""
    return tmp_path_factory.mktemp("sweep")


@pytest.mark.parametrize("scope", ["layer", "global"])
def test_every_criterion_and_granularity(folder: Path, scope: str):
    result = done(
        sweep(folder, criteria=WITHOUT_NORM, granularities=["weight", "unit"], scope=scope)
    )
    arms = {(row["criterion"], row["granularity"]) for row in rows(result, "accuracy")}
    assert arms == {(n, g) for n in WITHOUT_NORM for g in criteria[n].granularities}
    left_out = [note.text for note in result.notes if note.level == "warning"]
    assert not any("left out" in text for text in left_out)
    for criterion, granularity in arms:
        masks = read_masks(folder / "artifacts" / f"{criterion}-{granularity}-masks.npz")
        check_shares(masks, together=scope == "global")
        check_nested(masks)
    check_random_is_worst(result)


def check_shares(masks: dict[float, dict[str, torch.Tensor]], *, together: bool) -> None:
    """Within one unit of what was asked, of each layer or of all; the output layer has no mask."""
    for asked, layers in masks.items():
        assert set(layers) == {"fc1", "fc2"}
        parts = [list(layers.values())] if together else [[mask] for mask in layers.values()]
        for part in parts:
            total = sum(mask.numel() for mask in part)
            removed = sum(int((~mask).sum()) for mask in part)
            assert removed == below_quantile(asked, total)
            assert abs(removed - asked * total) <= 1


def check_nested(masks: dict[float, dict[str, torch.Tensor]]) -> None:
    ordered = [masks[asked] for asked in sorted(masks)]
    for larger, smaller in pairwise(ordered):
        assert all(not (smaller[name] & ~larger[name]).any() for name in larger)


def check_random_is_worst(result: Result) -> None:
    """Where half is gone, weights picked at random are worse than the smallest ones."""
    accuracy = {
        (row["criterion"], row["granularity"], row["sparsity_asked"]): row["test_accuracy"]
        for row in rows(result, "accuracy")
    }
    for granularity, sparsity in (("weight", 0.9), ("unit", 0.5)):
        random = accuracy["random", granularity, sparsity]
        assert random < accuracy["weight", granularity, sparsity]


def test_the_shuffled_control_removes_the_same_share_of_every_layer(folder: Path):
    result = done(sweep(folder, criteria=["weight"], scope="global", layer_shuffled=True))
    removed: dict[str, list[float]] = {"weight": [], "weight_shuffled": []}
    for row in rows(result, "layers"):
        removed[row["criterion"]].append(row["kept"])
    assert removed["weight"] == removed["weight_shuffled"]
    masks = [
        read_masks(folder / "artifacts" / f"{name}-unit-masks.npz")[0.5]["fc1"] for name in removed
    ]
    assert not torch.equal(*masks)


def test_excluded_layers_stay_whole(folder: Path):
    result = done(sweep(folder, criteria=["weight"], exclude=["output", "first"]))
    assert {row["layer"] for row in rows(result, "layers")} == {"fc2"}
    with pytest.raises(ValidationError, match="has no layer nowhere; there are fc1, fc2, output"):
        sweep(folder, exclude=["nowhere"])


def test_what_is_slimmed_is_really_smaller(folder: Path):
    result = done(sweep(folder, criteria=["weight"], granularities=["unit", "weight"]))
    cells = {(r["granularity"], r["sparsity_asked"]): r for r in rows(result, "accuracy")}
    inputs, classes = 64, 10
    first, second = 300 - below_quantile(0.5, 300), 100 - below_quantile(0.5, 100)
    weights = inputs * first + first * second + second * classes
    slimmed = cells["unit", 0.5]
    assert slimmed["nonzero_parameters"] == weights + first + second + classes
    assert slimmed["bytes"] == 4 * slimmed["nonzero_parameters"]
    dense = 64 * 300 + 300 * 100 + 100 * 10
    assert slimmed["speedup_theoretical"] == pytest.approx(dense / weights)
    assert slimmed["compression"] == pytest.approx((dense + 410) / slimmed["nonzero_parameters"])
    # Zeros in place: fewer parameters that count, but every one is still stored with a bit.
    zeros = cells["weight", 0.5]
    assert zeros["nonzero_parameters"] > slimmed["nonzero_parameters"]
    assert zeros["bytes"] > 4 * zeros["nonzero_parameters"]


def test_a_measured_speed_up_has_quartiles_and_that_of_the_dense_network_is_one(folder: Path):
    result = done(sweep(folder, criteria=["weight"], granularities=["unit"]))
    for table in ("accuracy", "summary"):
        dense, *pruned = rows(result, table)
        assert [dense[name] for name in SPEEDUP] == [1, None, None]
        for row in pruned:
            measured, low, high = (row[name] for name in SPEEDUP)
            assert 0 < low <= measured <= high
    curve = result.series["accuracy/weight/unit/speedup_measured"]
    told = list(zip(curve.labels["sparsity"], curve.labels["statistic"], curve.x, strict=True))
    for row in rows(result, "summary")[1:]:
        for statistic, name in zip(("mean", "q1", "q3"), SPEEDUP, strict=True):
            assert (row["sparsity"], statistic, row[name]) in told
    assert {sparsity for sparsity, statistic, _ in told if statistic == "q1"} == {0.25, 0.5, 0.9}
    (said,) = (note.text for note in result.notes if note.text.startswith("Latencies"))
    assert "where 1 lies between the quartiles, it cannot be told from 1." in said


def test_who_cancels_while_a_network_is_timed_does_not_wait(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    """Even where a measurement would never end."""
    wanted: list[bool] = []

    def endless(dense: Any, network: Any, x: Any, seconds: float, check: Any) -> Any:
        assert seconds >= 0
        wanted.append(False)
        while True:
            check()

    monkeypatch.setattr(baseline, "speedup", endless)
    config = SweepConfig.model_validate(QUICK | {"criteria": ["weight"]})
    context = Context(folder, cancelled=lambda: bool(wanted))
    assert fold(execute(experiments["sweep"], config, context)).status == "cancelled"
    assert wanted


def returned(loading: Generator[Progress, None, Images]) -> Images:
    while True:
        try:
            next(loading)
        except StopIteration as stop:
            return stop.value


def given(folder: Path, result: Result, suffix: str) -> Path:
    (path,) = (a.path for a in result.artifacts if a.path.endswith(suffix))
    return folder / "artifacts" / path


def accuracy_of(logits: np.ndarray) -> float:
    return float((logits.argmax(axis=1) == digits_to_test()[1]).mean())


def digits_to_test() -> tuple[torch.Tensor, np.ndarray]:
    """The digits' test set, normalised."""
    data = Splits.of(
        returned(image_datasets["digits"].load(Path())), image_datasets["digits"], "cpu"
    )
    return data.test.batch(slice(None))[0], data.test.y.numpy()


def test_what_is_taken_away_says_what_the_table_says(folder: Path):
    every = ["safetensors", "onnx", "torch_export", "masks", "tensorboard"]
    result = done(sweep(folder, criteria=["weight"], take_away=every))
    weights = given(folder, result, ".safetensors")
    described = given(folder, result, ".json")
    said = json.loads(described.read_text())
    (row,) = (r for r in rows(result, "accuracy") if r["sparsity_asked"] == said["sparsity"])
    assert {name: said["measures"][name] for name in SPEEDUP} == {n: row[n] for n in SPEEDUP}
    x, _ = digits_to_test()
    digits = image_datasets["digits"]
    # The files that stand alone take images as they are, from 0 to 1.
    pixels = x * digits.sd[0] + digits.mean[0]
    with torch.inference_mode():
        slimmed = rebuild(described, weights)
        assert accuracy_of(slimmed(x).numpy()) == row["test_accuracy"]
        exported = torch.export.load(given(folder, result, ".pt2")).module()
        assert accuracy_of(exported(pixels).numpy()) == row["test_accuracy"]
    session = InferenceSession(given(folder, result, ".onnx"))
    (logits,) = session.run(None, {"images": pixels.numpy()})
    assert accuracy_of(logits) == row["test_accuracy"]
    about = session.get_modelmeta().custom_metadata_map
    assert json.loads(about["classes"]) == list(digits.classes)
    assert sum(p.numel() for p in slimmed.parameters()) == row["nonzero_parameters"]
    assert {a.size for a in result.artifacts if a.path == weights.name} == {weights.stat().st_size}


@pytest.mark.parametrize(("validation", "chosen_on"), [(0.25, "validation"), (0.0, "test")])
def test_what_is_taken_away_is_chosen_on_images_that_are_held_out(
    folder: Path, validation: float, chosen_on: str, monkeypatch: pytest.MonkeyPatch
):
    seen: list[tuple[int, int, float]] = []
    evaluated = take_away.evaluate

    def watched(network, images, context):
        outcome = evaluated(network, images, context)
        size = sum(parameter.numel() for parameter in network.parameters())
        seen.append((len(images), size, outcome.accuracy))
        return outcome

    monkeypatch.setattr(take_away, "evaluate", watched)
    settings = {"criteria": ["weight"], "take_away": ["safetensors"], "validation": validation}
    result = done(sweep(folder, **settings))
    told = json.loads(given(folder, result, ".json").read_text())
    assert told["chosen_on"] == chosen_on
    found = rows(result, "accuracy")
    if chosen_on == "test":
        assert not seen
        by = [row["test_accuracy"] for row in found]
        fits = [r["sparsity_asked"] for r, a in zip(found, by, strict=True) if a >= by[0] - 0.01]
    else:
        assert {images for images, _, _ in seen} == {round(0.25 * 1437)}
        by_size = sorted(((size, accuracy) for _, size, accuracy in seen), reverse=True)
        (_, dense), *pruned = by_size
        fits = [
            row["sparsity_asked"]
            for row, (_, accuracy) in zip(found[1:], pruned, strict=True)
            if accuracy >= dense - 0.01
        ]
        assert told["validation_accuracy"] in [accuracy for _, accuracy in pruned]
    assert told["sparsity"] == (fits[-1] if fits and fits[-1] else found[1]["sparsity_asked"])


@pytest.mark.parametrize("finetune_epochs", [0, 1])
def test_of_a_slimmed_network_that_says_something_else_nothing_is_reported(
    folder: Path, monkeypatch: pytest.MonkeyPatch, finetune_epochs: int
):
    class Careless(Slimmer):
        def shrink(self, units):
            network = super().shrink(units)
            with torch.no_grad():
                network.output.bias[0] += 0.01
            return network

    monkeypatch.setattr(networks, "Slimmer", Careless)
    settings = {"criteria": ["weight"], "finetune_epochs": finetune_epochs}
    result = done(sweep(folder, granularities=["unit", "weight"], sparsities=[0, 0.5], **settings))
    (error,) = (note.text for note in result.notes if note.level == "error")
    assert error.startswith("Weight magnitude, units ends early for seed 0: at a sparsity of 50 %")
    assert "logits differ" in error
    cells = [(row["granularity"], row["sparsity_asked"]) for row in rows(result, "accuracy")]
    assert sorted(cells) == [("unit", 0), ("weight", 0), ("weight", 0.5)]


def test_nothing_is_reported_that_was_measured_on_another_network(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    def wrong(*given: Any) -> Iterator[Outcome]:
        """Outcomes with the class of another image each."""
        for outcome in evaluate_slimmed(*given):
            yield replace(outcome, predictions=np.roll(outcome.predictions, 1))

    monkeypatch.setattr(networks, "evaluate_slimmed", wrong)
    result = done(sweep(folder, criteria=["weight"], sparsities=[0, 0.25]))
    (error,) = (note.text for note in result.notes if note.level == "error")
    assert "takes test images for other classes than when it was evaluated" in error
    assert len(rows(result, "accuracy")) == 1


class Permuted(nn.Module):
    """A convolution whose channels come last in what the next layer reads, or are rolled."""

    def __init__(self, shape: Shape, classes: int, *, rolled: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(shape[0], 16, 3, padding=1)
        self.fc = nn.Linear(16 * shape[1] * shape[2], 24)
        self.output = nn.Linear(24, classes)
        self.rolled = rolled

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv(x).relu()
        x = x.roll(1, 1) if self.rolled else x.permute(0, 2, 3, 1)
        return self.output(self.fc(x.flatten(1)).relu())


@pytest.fixture
def permuted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that are the like."""
    for name, rolled in (("channels-last", False), ("rolled", True)):
        build = partial(Permuted, rolled=rolled)
        changes = {"name": name, "build": lambda *size, b=build: b(*size), "layers": ()}
        own = replace(models["lenet-300-100"], **changes)
        monkeypatch.setitem(models._entries, name, own)


@pytest.mark.usefixtures("permuted")
def test_permuted_channels_are_followed_to_the_files_that_are_given_away(tmp_path: Path):
    settings = {"model": "channels-last", "criteria": ["weight"], "take_away": ["safetensors"]}
    result = done(sweep(tmp_path, **settings))
    assert not [note for note in result.notes if note.level != "info"]
    described = given(tmp_path, result, ".json")
    asked = json.loads(described.read_text())["sparsity"]
    accuracy = {row["sparsity_asked"]: row["test_accuracy"] for row in rows(result, "accuracy")}
    x, _ = digits_to_test()
    with torch.inference_mode():
        slimmed = rebuild(described, given(tmp_path, result, ".safetensors"))
        assert accuracy_of(slimmed(x).numpy()) == accuracy[asked]
    assert accuracy[0.25] > 0.8, "what weighs least costs little"


@pytest.mark.usefixtures("permuted")
def test_what_cannot_be_followed_is_refused_before_training(tmp_path: Path):
    settings = {"model": "rolled", "criteria": ["weight"], "epochs": 1, "sparsities": [0, 0.5]}
    result = sweep(tmp_path, **settings)
    assert result.status == "failed"
    assert str(result.error).startswith("units of conv cannot be removed")
    assert not result.series
    done(sweep(tmp_path, exclude=["output", "conv"], **settings))
    done(sweep(tmp_path, granularities=["weight"], **settings))


def test_coupled_layers_of_a_residual_network_go_together(folder: Path):
    settings = {"model": "resnet-20", "epochs": 1, "learning_rate": 0.01, "sparsities": [0, 0.5]}
    result = done(sweep(folder, criteria=["bn_scale", "weight", "lrp"], scope="global", **settings))
    kept = {(r["criterion"], r["sparsity"], r["layer"]): r["kept"] for r in rows(result, "layers")}
    layers = {layer for _, _, layer in kept}
    assert len(layers) == 21, "19 convolutions and two shortcuts; the output is excluded"
    masks = read_masks(folder / "artifacts" / "bn_scale-unit-masks.npz")[0.5]
    assert len(masks) == 12, "three streams and an inner convolution of each of nine blocks"
    for row in rows(result, "accuracy"):
        if row["sparsity_asked"]:
            assert row["speedup_theoretical"] > 1.2
            assert row["compression"] > 1.2


@pytest.mark.parametrize("schedule", ["linear", "exponential", "cubic"])
def test_iterative_schedules_train_between_steps(folder: Path, schedule: str):
    settings = {"criteria": ["weight"], "finetune_epochs": 2, "steps": 3}
    result = done(sweep(folder, schedule=schedule, **settings))
    asked = [row["sparsity_asked"] for row in rows(result, "accuracy")]
    assert asked == QUICK["sparsities"]
    steps = trajectory(schedule, QUICK["sparsities"], 3)
    trained = set(result.series["finetuning/accuracy/weight/unit"].labels["sparsity"])
    assert trained == {at for step in steps for at in step.reported or (step.sparsity,)}
    curve = result.series["accuracy/weight/unit/sparsity"].x
    assert set(curve) == {0, *(step.sparsity for step in steps if step.reported)}
    for row in rows(result, "accuracy")[1:]:
        asked = row["sparsity_asked"]
        nearest = min((step.sparsity for step in steps), key=lambda at: abs(at - asked))
        assert row["sparsity_achieved"] == pytest.approx(nearest, abs=0.05)
    for row in rows(result, "accuracy")[1:]:
        assert row["best_epoch_accuracy"] >= row["test_accuracy"] - 1e-9
    last = rows(result, "accuracy")[-1]
    assert last["test_accuracy"] > last["test_accuracy_before_finetune"]


def test_without_steps_the_sparsities_are_the_steps(folder: Path):
    settings = {"criteria": ["weight"], "finetune_epochs": 1, "schedule": "exponential"}
    result = done(sweep(folder, **settings))
    trained = set(result.series["finetuning/accuracy/weight/unit"].labels["sparsity"])
    assert trained == set(QUICK["sparsities"][1:])


def test_a_rewound_network_goes_on_from_that_epoch(folder: Path):
    settings = {"criteria": ["weight"], "granularities": ["weight"], "finetune_epochs": 2}
    result = done(sweep(folder, rewind=3, epochs=5, **settings))
    series = result.series["finetuning/accuracy/weight/weight"]
    assert set(series.x) == {4, 5}, "epochs are counted on"


def test_the_masks_of_a_ticket_are_trained_from_other_weights_as_a_control(folder: Path):
    settings = {"criteria": ["weight", "random"], "granularities": ["weight"], "rewind": 0}
    result = done(sweep(folder, reinitialised=True, finetune_epochs=3, **settings))
    found = {(r["criterion"], r["sparsity_asked"]): r for r in rows(result, "accuracy")}
    arms = {name for name, _ in found}
    assert arms == {"weight", "weight_reinitialised", "random"}
    for sparsity in QUICK["sparsities"][1:]:
        ticket, control = (found[name, sparsity] for name in ("weight", "weight_reinitialised"))
        assert control["sparsity_achieved"] == ticket["sparsity_achieved"]
        assert control["test_loss"] != ticket["test_loss"]
        assert control["test_accuracy_before_finetune"] is None, "these were never whole"
    masks = [
        read_masks(folder / "artifacts" / f"{name}-weight-masks.npz")
        for name in ("weight", "weight_reinitialised")
    ]
    for sparsity in QUICK["sparsities"][1:]:
        for layer, mask in masks[0][sparsity].items():
            assert (mask == masks[1][sparsity][layer]).all()


def test_a_lottery_ticket_goes_back_to_its_initial_weights(folder: Path):
    settings = {"criteria": ["weight"], "granularities": ["weight"], "finetune_epochs": 6}
    rewound = done(sweep(folder, rewind=0, **settings))
    anew = done(sweep(folder, finetune_learning_rate=0.003, **settings))
    first = {
        name: result.series["finetuning/accuracy/weight/weight"].y[0]
        for name, result in (("rewound", rewound), ("anew", anew))
    }
    assert first["rewound"] < first["anew"], "what was learnt is forgotten"
    assert rows(rewound, "accuracy")[1]["test_accuracy"] > 0.85


def test_networks_pruned_before_training_learn_with_what_is_left(folder: Path):
    settings = {"granularities": ["weight"], "prune_at": "initialisation"}
    result = done(sweep(folder, criteria=["snip", "synflow", "random"], **settings))
    for row in rows(result, "accuracy"):
        if row["sparsity_asked"] <= 0.5:
            assert row["test_accuracy"] > 0.8


@pytest.mark.parametrize("granularity", ["weight", "unit"])
def test_networks_are_pruned_while_they_learn(folder: Path, granularity: str):
    settings = {"prune_at": "during", "schedule": "cubic", "prune_every": 5}
    result = done(sweep(folder, criteria=["weight"], granularities=[granularity], **settings))
    found = rows(result, "accuracy")
    assert [row["sparsity_asked"] for row in found] == QUICK["sparsities"]
    for row in found[1:]:
        assert row["sparsity_achieved"] == pytest.approx(row["sparsity_asked"], abs=0.05)
        assert row["test_accuracy"] > 0.6
        assert row["compression"] > 1
    series = result.series[f"finetuning/accuracy/weight/{granularity}"]
    assert set(series.labels["sparsity"]) == set(QUICK["sparsities"][1:])


def test_sensitivity_prunes_one_layer_at_a_time(folder: Path):
    result = done(sweep(folder, criteria=["weight"], sensitivity=True))
    table = rows(result, "sensitivity")
    assert {row["layer"] for row in table} == {"fc1", "fc2"}
    whole = {row["test_accuracy"] for row in table if row["sparsity"] == 0}
    assert len(whole) == 1
    together = rows(result, "accuracy")[-1]["test_accuracy"]
    assert all(row["test_accuracy"] >= together - 0.05 for row in table if row["sparsity"] == 0.9)


def test_seeds_have_networks_of_their_own_and_a_band(folder: Path):
    result = done(sweep(folder, criteria=["weight"], seeds=[0, 1, 2]))
    cells = [row for row in rows(result, "accuracy") if row["sparsity_asked"] == 0.5]
    accuracies = [row["test_accuracy"] for row in cells]
    (summary,) = (row for row in rows(result, "summary") if row["sparsity"] == 0.5)
    assert len(set(accuracies)) > 1
    assert summary["seeds"] == 3
    assert summary["test_accuracy"] == pytest.approx(np.mean(accuracies))
    assert summary["sd"] == pytest.approx(np.std(accuracies, ddof=1))
    curve = result.series["accuracy/weight/unit/sparsity"]
    at = [
        y
        for x, y, s in zip(curve.x, curve.y, curve.labels["statistic"], strict=True)
        if x == 0.5 and s == "lower"
    ]
    assert at == pytest.approx([summary["test_accuracy"] - summary["sd"]])


def test_the_same_settings_give_the_same_numbers(tmp_path: Path):
    timed = {column.name for column in ACCURACY_TABLE.columns if column.timed}
    tables = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        result = done(sweep(tmp_path / name, criteria=["taylor", "random"], finetune_epochs=1))
        tables.append(
            [{k: v for k, v in row.items() if k not in timed} for row in rows(result, "accuracy")]
        )
    assert tables[0] == tables[1]


def test_a_sparsity_that_empties_a_layer_is_refused_before_training(tmp_path: Path):
    result = sweep(tmp_path, scope="global", sparsities=[0.999])
    assert result.status == "failed"
    assert "would remove whole layers" in str(result.error)
    assert not result.series
    assert not (tmp_path / "networks").exists()


def test_a_criterion_that_cannot_work_is_refused_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # A plug-in's model need not say that it has no batch norms.
    silent = replace(models["lenet-300-100"], norms=True)
    monkeypatch.setitem(models._entries, silent.name, silent)
    result = sweep(tmp_path, criteria=["bn_scale"])
    assert result.status == "failed"
    assert "batch norm" in str(result.error)
    assert not result.series


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch):
    """Register a network under the name of one of ours."""

    def register(build: Callable[[Shape, int], nn.Module]) -> str:
        own = replace(
            models["lenet-300-100"], name="odd", title="Odd", build=build, layers=(), norms=True
        )
        monkeypatch.setitem(models._entries, "odd", own)
        return "odd"

    return register


def of_pixels(shape: Shape, classes: int, **changes: Any) -> nn.Module:
    """A network of two layers, of which a function says how it looks at images."""
    inputs = math.prod(shape)
    layers = {"fc": nn.Linear(inputs, 24), "out": nn.Linear(24, classes)}
    look = changes.pop("look", lambda _, x: x.flatten(1))
    return Does(lambda self, x: self.out(self.fc(look(self, x)).relu()), **(layers | changes))


def test_a_criterion_that_a_network_cannot_have_is_left_out_of_several(tmp_path: Path, odd):
    def guarded(_: nn.Module, x: Tensor) -> Tensor:
        if x.isnan().any():
            raise ValueError("not a number")
        return x.flatten(1)

    model = odd(lambda *size: of_pixels(*size, look=guarded))
    settings = {"model": model, "epochs": 1, "sparsities": [0, 0.5], "exclude": ["output"]}
    result = done(sweep(tmp_path, criteria=["weight", "lrp"], **settings))
    [warning] = [note.text for note in result.notes if note.level == "warning"]
    assert warning.startswith("Layer-wise relevance, units is left out: torch.fx cannot trace")
    assert {row["criterion"] for row in rows(result, "accuracy")} == {"weight"}
    assert result.progress.done == result.progress.total
    alone = sweep(tmp_path, criteria=["lrp"], **settings)
    assert str(alone.error).startswith("torch.fx cannot trace the network")
    assert not alone.series


def test_a_file_that_cannot_be_exported_is_a_note_and_the_others_are_there(tmp_path: Path, odd):
    def guarded(_: nn.Module, x: Tensor) -> Tensor:
        if x.isnan().any():
            raise ValueError("not a number")
        return x.flatten(1)

    settings = {"model": odd(lambda *size: of_pixels(*size, look=guarded)), "criteria": ["weight"]}
    settings |= {"epochs": 1, "sparsities": [0, 0.5]}
    formats = ["safetensors", "onnx", "torch_export", "masks"]
    result = done(sweep(tmp_path, take_away=formats, **settings))
    warnings = [note.text for note in result.notes if note.level == "warning"]
    assert len(warnings) == 2
    for text, title in zip(warnings, ("ONNX", "torch.export"), strict=True):
        assert f"there is no {title} file, since " in text
        assert "\n" not in text
    suffixes = [Path(each.path).suffix for each in result.artifacts]
    assert sorted(suffixes) == [".json", ".npz", ".safetensors"]
    described = json.loads(given(tmp_path, result, ".json").read_text())
    assert [each["file"].rpartition(".")[2] for each in described["files"]] == ["safetensors"]


def test_relevance_is_asked_for_where_it_is_needed_only(tmp_path: Path, odd):
    model = odd(lambda *size: of_pixels(*size, look=lambda _, x: ((x - 0.1) / 2).flatten(1)))
    result = done(sweep(tmp_path, model=model, criteria=["lrp"], epochs=1, sparsities=[0, 0.5]))
    assert not [note for note in result.notes if note.level != "info"]


def test_a_first_layer_that_does_not_look_at_pixels_has_no_picture(tmp_path: Path, odd):
    def build(shape: Shape, classes: int) -> nn.Module:
        _, height, width = shape
        fc = nn.Linear(shape[0] * (height // 2) * (width // 2), 24)
        pooled = lambda _, x: nn.functional.avg_pool2d(x, 2).flatten(1)  # noqa: E731
        return of_pixels(shape, classes, fc=fc, look=pooled)

    model = odd(build)
    result = done(sweep(tmp_path, model=model, criteria=["weight"], epochs=1, sparsities=[0, 0.5]))
    assert not [name for name in result.frames if name.startswith("filters/")]
    assert [note for note in result.notes if note.text.startswith("The filters of the first layer")]


@pytest.mark.parametrize("granularity", ["unit", "weight"])
def test_a_network_that_gives_out_other_classes_is_refused_before_training(
    tmp_path: Path, odd, granularity: str
):
    model = odd(lambda shape, _: of_pixels(shape, 2))
    result = sweep(tmp_path, model=model, criteria=["weight"], granularities=[granularity])
    assert str(result.error).startswith("Odd cannot be used: it gives out 2 values for an image")
    assert not result.series


def test_units_go_through_depthwise_convolutions_to_the_files_that_are_given_away(
    tmp_path: Path, odd
):
    def build(shape: Shape, classes: int) -> nn.Module:
        return nn.Sequential(
            *(nn.Conv2d(shape[0], 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU()),
            *(nn.Conv2d(12, 12, 3, padding=1, groups=12), nn.BatchNorm2d(12), nn.ReLU()),
            *(nn.Conv2d(12, 20, 1), nn.BatchNorm2d(20), nn.ReLU()),
            *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(20, classes)),
        )

    names = ["weight", "lrp", "taylor_abs", "fisher", "activation_mean", "bn_scale", "random"]
    settings = {"model": odd(build), "criteria": names, "sparsities": [0, 0.5]}
    result = done(sweep(tmp_path, take_away=["safetensors"], **settings))
    assert not [note for note in result.notes if note.level != "info"]
    found = rows(result, "accuracy")
    assert {row["criterion"] for row in found} == set(names)
    assert all(row["compression"] > 1.5 for row in found if row["sparsity_asked"])
    described = given(tmp_path, result, "lrp-unit-50.json")
    [accuracy] = [
        row["test_accuracy"] for row in found if row["criterion"] == "lrp" and row["sparsity_asked"]
    ]
    with torch.inference_mode():
        slimmed = rebuild(described, given(tmp_path, result, "lrp-unit-50.safetensors"))
        assert accuracy_of(slimmed(digits_to_test()[0]).numpy()) == accuracy


@pytest.mark.parametrize("granularity", ["unit", "weight"])
def test_computed_weights_are_refused_and_can_be_excluded(tmp_path: Path, odd, granularity: str):
    def build(shape: Shape, classes: int) -> nn.Module:
        normed = weight_norm(nn.Linear(math.prod(shape), 24))
        return of_pixels(shape, classes, fc=normed, middle=nn.Linear(24, 24))

    settings = {"model": odd(build), "criteria": ["weight"], "granularities": [granularity]}
    settings |= {"epochs": 1, "sparsities": [0, 0.5], "take_away": []}
    result = sweep(tmp_path, **settings)
    assert str(result.error).endswith("computed from other parameters; exclude fc")
    assert not result.series
    if granularity == "weight":
        done(sweep(tmp_path, exclude=["fc"], **settings))


def test_a_layer_called_output_that_is_not_the_last_is_told(tmp_path: Path, odd):
    def build(shape: Shape, classes: int) -> nn.Module:
        return Does(
            lambda self, x: self.last(self.output(x.flatten(1)).relu()),
            output=nn.Linear(math.prod(shape), 24),
            last=nn.Linear(24, classes),
        )

    result = sweep(tmp_path, model=odd(build), criteria=["weight"], exclude=["output"])
    assert str(result.error).startswith("a layer that is not the last one is called output")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "lenet5"}, "needs images of at least"),
        ({"criteria": ["lrp"], "granularities": ["weight"]}, "scores units only"),
        ({"criteria": ["weight", "bn_scale"]}, "LeNet-300-100 has none: choose a model with"),
        ({"rewind": 3}, "set fine-tuning above 0"),
        ({"rewind": 99, "finetune_epochs": 1}, "training has no more"),
        ({"prune_at": "initialisation", "finetune_epochs": 2}, "nothing to fine-tune"),
        (
            {"seeds": "0:49:1", "sparsities": "0:0.99:0.01", "criteria": ["weight", "lrp"]},
            "prunings",
        ),
        ({"sparsities": [1.0]}, "less than 1"),
        ({"prune_at": "during"}, "choose cubic"),
        ({"prune_at": "during", "schedule": "cubic", "rewind": 0}, "nothing to fine-tune"),
        ({"reinitialised": True}, "stands beside rewound networks"),
        ({"scope": "erk"}, "leave units out, or choose another scope"),
        ({"criteria": ["lamp"], "granularities": ["unit"]}, "scores weights only"),
        ({"criteria": ["lrp"], "granularities": ["semi_structured"]}, "scores units only"),
        ({"budget": "latency", "granularities": ["unit", "weight"]}, "choose units alone"),
        ({"budget": "latency", "prune_at": "during"}, "budget of multiply-adds or parameters"),
        ({"norm_l1": 1e-4}, "has no batch norms whose scales could be penalised"),
        ({"criteria": ["grasp"], "grasp.temperature": "0"}, "greater than 0"),
        ({"criteria": ["grasp"], "grasp.heat": "1"}, "Extra inputs"),
        ({"weight.heat": "1"}, "weight has no settings"),
        ({"criterion_settings": {"weight": {}}}, "weight has no settings"),
    ],
)
def test_what_cannot_be_is_refused_in_words(settings: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        SweepConfig.model_validate(settings)


def test_networks_are_trained_under_further_penalties_and_pruned_as_others(tmp_path: Path):
    norms: dict[str, list[float]] = {}
    for penalties, spared in (("", ""), ("group_lasso=0.01", ""), ("group_lasso=0.01", "output")):
        home = tmp_path / f"{penalties} {spared}"
        home.mkdir()
        result = done(sweep(home, penalties=penalties, spared=spared, criteria=["weight"]))
        accuracies = [row["test_accuracy"] for row in rows(result, "accuracy")]
        assert accuracies[0] > 0.7 > accuracies[-1]
        [path] = (home / "networks").glob("*.safetensors")
        tensors, _ = read_tensors(path, "cpu")
        units = (tensors[f"{name}.weight"].norm(dim=1).sum() for name in ("fc1", "fc2", "output"))
        norms[f"{penalties} {spared}"] = list(map(float, units))
    without, penalised, spared = norms.values()
    for found in (penalised, spared):
        assert all(less < 0.8 * more for less, more in zip(found[:2], without, strict=False))
    assert spared[2] > penalised[2]


@pytest.mark.parametrize(
    ("settings", "field", "told"),
    [
        ({"penalties": "group_lazo=1"}, "penalties", "unknown penalty 'group_lazo'; choose one of"),
        ({"penalties": "group_lasso"}, "penalties", "write NAME=COEFFICIENT"),
        ({"penalties": "l1=0.1"}, "penalties", "l1 has a field of its own"),
    ],
)
def test_penalties_that_are_none_are_refused(settings: dict[str, Any], field: str, told: str):
    with pytest.raises(ValidationError) as refusal:
        SweepConfig.model_validate(QUICK | settings)
    [error] = refusal.value.errors()
    assert error["loc"] == (field,)
    assert told in error["msg"]


def test_a_layer_that_is_not_there_cannot_be_spared(folder: Path):
    with pytest.raises(ValidationError, match="has no layer nowhere; there are fc1, fc2, output"):
        sweep(folder, spared="nowhere", penalties={"group_lasso": 0.01})


def test_a_run_that_is_cut_says_all_of_it_again(folder: Path, tmp_path: Path):
    """Networks that an attempt before has fine-tuned are found; what it said is not."""
    settings = {"criteria": ["weight"], "granularities": ["weight"], "seeds": [0]}
    config = SweepConfig.model_validate({**QUICK, **settings, "finetune_epochs": 2})
    attempts: list[Result] = []
    for most in (40, 60, None):
        left = [most or -1]

        def tired(left: list[int] = left) -> bool:
            left[0] -= 1
            return left[0] == 0

        context = Context(folder, scratch=tmp_path, cancelled=tired)
        attempts.append(fold(execute(experiments["sweep"], config, context)))
    whole = fold(execute(experiments["sweep"], config, Context(folder)))
    assert [each.status for each in attempts][-1] == "done"
    assert attempts[-1].series.keys() == whole.series.keys()
    for name, series in whole.series.items():
        # How fast it is, is measured each time.
        assert attempts[-1].series[name] == series or "speedup" in name, name
