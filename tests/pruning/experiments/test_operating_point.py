"""A network of a sweep made again: it is that of its row, its files hold it, runs start from it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import torch
from onnxruntime import InferenceSession
from pydantic import ValidationError

from pruning.checks import check_experiment
from pruning.context import CannotRunError, Context
from pruning.data.image_base import image_datasets
from pruning.evaluation.accuracy import evaluate
from pruning.evaluation.batches import Splits
from pruning.events import Result, fold
from pruning.execution import execute
from pruning.experiments.base import config_hash, experiments
from pruning.experiments.main_results import rows
from pruning.experiments.operating_point.asked import AskedPoint, point_of
from pruning.experiments.operating_point.config import OperatingPointConfig
from pruning.experiments.operating_point.main_result import main_result
from pruning.experiments.sweep import measuring_time
from pruning.initial_weights.base import initial_weights
from pruning.initial_weights.pruned import start_name
from pruning.takeaway.masks import read_masks
from pruning.takeaway.weights import rebuild

QUICK: dict[str, Any] = {
    "epochs": 3,
    "learning_rate": 0.003,
    "criteria": ["weight", "random"],
    "granularities": ["unit", "weight"],
    "seeds": [0, 1],
    "sparsities": [0, 0.5, 0.9],
    "reference_samples": 60,
    "latency_batch": 8,
    "take_away": [],
}


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On busy cores speed-ups would take seconds of each run."""
    monkeypatch.setattr(measuring_time, "LEAST", 0)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where trained networks are kept: each is trained once."""
    return tmp_path_factory.mktemp("data")


def run(experiment: str, config: Any, data: Path, artifacts: Path | None = None) -> Result:
    study = experiments[experiment]
    with TemporaryDirectory() as scratch:
        context = Context(data, artifacts=artifacts, scratch=Path(scratch))
        return fold(execute(study, study.config.model_validate(config), context))


def swept(data: Path, **settings: Any) -> tuple[dict[str, Any], Result]:
    config = QUICK | settings
    result = run("sweep", config, data)
    assert result.status == "done", result.error
    return config, result


def asked(row: dict[str, Any], **more: Any) -> AskedPoint:
    names = ("criterion", "granularity", "seed")
    return AskedPoint(**{name: row[name] for name in names}, sparsity=row["sparsity_asked"], **more)


def networks(result: Result) -> dict[str, dict[str, Any]]:
    assert result.status == "done", result.error
    return {row["network"]: row for row in rows(result, "networks")}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"schedule": "cubic", "steps": 4, "finetune_epochs": 1, "seeds": [1]},
        {"granularities": ["semi_structured", "weight"], "criteria": ["weight"], "seeds": [1]},
        {
            "granularities": ["unit"],
            "criteria": ["weight"],
            "seeds": [1],
            "layer_shuffled": True,
            "reinitialised": True,
            "rewind": 1,
            "finetune_epochs": 1,
        },
        {"prune_at": "during", "schedule": "cubic", "criteria": ["weight"], "prune_every": 5},
        {"prune_at": "initialisation", "criteria": ["snip"], "seeds": [1]},
        {"budget": "multiply_adds", "granularities": ["unit"], "seeds": [1]},
    ],
    ids=lambda settings: "-".join(map(str, settings)) or "one_shot",
)
def test_it_is_the_network_of_its_row(settings: dict[str, Any], data: Path):
    config, result = swept(data, **settings)
    dense, *others = rows(result, "accuracy")
    for row in [dense, *(row for row in others if row["sparsity_asked"] == 0.9)]:
        point = point_of(config, result, asked(row))
        made = networks(run("operating_point", point, data))
        own = made["pruned"] if row["sparsity_asked"] else made["dense"]
        assert own["test_accuracy"] == pytest.approx(row["test_accuracy"], abs=1e-12)
        assert (own["nonzero_parameters"], own["bytes"]) == (
            row["nonzero_parameters"],
            row["bytes"],
        )


@pytest.fixture(scope="module")
def plain(data: Path) -> tuple[dict[str, Any], Result]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measuring_time, "LEAST", 0)
        return swept(data)


@pytest.fixture
def point(plain: tuple[dict[str, Any], Result]):
    """Configurations of points of one sweep."""
    return partial(_point, *plain)


def _point(config: dict[str, Any], result: Result, **names: Any) -> OperatingPointConfig:
    usual = {"criterion": "weight", "granularity": "unit", "seed": 1, "sparsity": 0.5}
    return point_of(config, result, AskedPoint(**(usual | names)))


def test_equal_networks_of_different_sweeps_have_equal_configurations(point, data: Path):
    config, result = swept(data, criteria=["weight"], granularities=["unit"], seeds=[1])
    assert _point(config, result) == point()


def test_what_the_sweep_does_not_have_is_refused_with_what_it_has(point):
    with pytest.raises(CannotRunError, match=r"seeds 0, 1, sparsities 0, 0\.5, 0\.9"):
        point(seed=7)
    with pytest.raises(CannotRunError, match="weight by unit, random by unit"):
        point(criterion="lrp")


@pytest.mark.parametrize(
    ("dense_accuracy", "reason"),
    [(None, "something else: on another device"), (0.2, "Its dense network has .* and had 20")],
)
def test_a_network_that_is_not_the_row_s_is_refused(dense_accuracy, reason, point, data: Path):
    changed = point().model_copy(update={"accuracy": 0.25, "dense_accuracy": dense_accuracy})
    result = run("operating_point", changed, data)
    assert result.status == "failed"
    assert "and the sweep's 25.00%" in result.error
    assert re.search(reason, result.error)
    assert not result.artifacts


@pytest.mark.parametrize("granularity", ["unit", "weight"])
def test_its_files_hold_the_network(granularity: str, point, data: Path, tmp_path: Path):
    config = point(granularity=granularity, sparsity=0.9)
    result = run("operating_point", config, data, tmp_path)
    stem = f"weight-{granularity}-90-seed-1"
    suffixes = {".safetensors", ".json", ".onnx", ".pt2", "-masks.npz"}
    assert {each.path for each in result.artifacts} == {f"{stem}{s}" for s in suffixes} | {
        "load.py"
    }
    network = rebuild(tmp_path / f"{stem}.json", tmp_path / f"{stem}.safetensors")
    told = json.loads((tmp_path / f"{stem}.json").read_text())
    assert (told["seed"], told["sparsity"], told["chosen_on"]) == (1, 0.9, "test")
    dataset = image_datasets["digits"]
    images = fold_images(data)
    splits = Splits.of(images, dataset, "cpu", validation=config.validation, seed=1)
    context = Context(data)
    assert evaluate(network, splits.test, context).accuracy == pytest.approx(config.accuracy)
    pixels = torch.from_numpy(images.x_test[:50]).float() / 255
    onnx = InferenceSession(tmp_path / f"{stem}.onnx").run(None, {"images": pixels.numpy()})[0]
    exported = torch.export.load(tmp_path / f"{stem}.pt2").module()(pixels)
    with torch.inference_mode():
        own = network(splits.test.batch(slice(0, 50))[0])
    for logits in (torch.from_numpy(np.asarray(onnx)), exported.detach()):
        torch.testing.assert_close(logits, own, atol=1e-4, rtol=1e-4)
    (masks,) = read_masks(tmp_path / f"{stem}-masks.npz").values()
    kept = {row["layer"]: row for row in rows(result, "layers")}
    counted = "units" if granularity == "unit" else "weights"
    assert all(int(mask.sum()) == kept[name][counted] for name, mask in masks.items())


def fold_images(data: Path):
    """The digits, as the experiments load them."""
    loading = image_datasets["digits"].load(data)
    while True:
        try:
            next(loading)
        except StopIteration as stop:
            return stop.value


def test_its_python_runs_as_it_is(point, data: Path, tmp_path: Path):
    run("operating_point", point(), data, tmp_path)
    done = subprocess.run(
        [sys.executable, "load.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().strip("[']") in image_datasets["digits"].classes


def test_fine_tuning_from_it_goes_on_under_its_mask(point, data: Path, tmp_path: Path):
    config = point(granularity="weight", sparsity=0.9, further_epochs=4)
    result = run("operating_point", config, data, tmp_path)
    made = networks(result)
    assert made["pruned"]["test_accuracy"] == config.accuracy
    assert made["fine_tuned"]["test_loss"] < made["pruned"]["test_loss"]
    assert made["fine_tuned"]["nonzero_parameters"] == made["pruned"]["nonzero_parameters"]
    epochs = result.series["finetuning/accuracy/weight/weight"]
    assert set(epochs.x) == {1, 2, 3, 4}
    told = main_result(config, result)
    assert told
    assert told.value == made["fine_tuned"]["test_accuracy"]
    assert all("fine-tuned-4" in each.path for each in result.artifacts if each.path != "load.py")


@pytest.fixture
def home(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starting points of these runs are offered."""
    monkeypatch.setattr("pruning.initial_weights.kept.data_directory", lambda: data)
    return data


@pytest.mark.parametrize(("granularity", "stays"), [("unit", True), ("weight", False)])
def test_another_run_can_start_from_it(granularity: str, stays: bool, point, home: Path):
    config = point(granularity=granularity)
    run("operating_point", config, home)
    start = initial_weights[start_name(config_hash("operating_point", config))]
    assert start.title.startswith("LeNet-300-100 on Digits 8×8, 50 % removed by Weight magnitude: ")
    assert ("stays removed" in start.description) == stays
    config, result = swept(
        home,
        start=start.name,
        epochs=0,
        seeds=[0],
        criteria=["weight"],
        granularities=["unit"],
    )
    dense = next(row for row in rows(result, "accuracy") if not row["sparsity_asked"])
    wanted = point(granularity=granularity)
    assert dense["test_accuracy"] == pytest.approx(wanted.accuracy)
    layers = {row["layer"]: row["total"] for row in rows(result, "layers")}
    assert layers["fc1"] == (150 if stays else 300)
    # What comes of it can be taken away and started from in turn.
    again = point_of(config, result, AskedPoint("weight", "unit", 0, 0.5))
    assert networks(run("operating_point", again, home))["pruned"]["test_accuracy"]


def test_it_holds_what_it_declares(point):
    check_experiment(
        "operating_point",
        {"epochs": 1, "further_epochs": 1, "latency_batch": 8, "reference_samples": 20},
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sparsity": 0.33}, "one of the sweep's sparsities"),
        ({"granularities": ["unit", "weight"]}, "one granularity"),
        ({"criteria": ["weight", "lrp"]}, "at most 1 item"),
        ({"seeds": [0, 1]}, "at most 1 item"),
    ],
)
def test_it_is_one_point(settings: dict[str, Any], message: str):
    with pytest.raises(ValidationError, match=message):
        OperatingPointConfig.model_validate(settings)


def test_a_description_that_cannot_be_read_is_no_starting_point(home: Path, caplog):
    broken = home / "pruned" / "broken.json"
    broken.parent.mkdir(exist_ok=True)
    broken.write_text("{")
    try:
        assert "broken" not in initial_weights.names()
    finally:
        broken.unlink()
    assert "broken.json cannot be read" in caplog.text
