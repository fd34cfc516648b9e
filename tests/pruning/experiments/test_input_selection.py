"""An input selection from end to end, on the images that are always there."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from pruning.checks import check_experiment
from pruning.context import Context
from pruning.data.image_base import image_datasets
from pruning.data.places import look_in
from pruning.evaluation.batches import ImageSet
from pruning.events import Event, Frame, Progress, Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.input_selection.best import BestEpoch, Comparison, told_apart
from pruning.experiments.input_selection.config import InputSelectionConfig
from pruning.experiments.input_selection.outputs import INTERVALS
from pruning.experiments.input_selection.pictured import EXAMPLES, pictured_epochs
from pruning.experiments.input_selection.pictures import DARK_YELLOW, GREY, pictures
from pruning.inputs.granularity import parse_granularity
from pruning.inputs.importance_files import keep_importances, remove_importances
from pruning.inputs.masks import AnyMask
from pruning.inputs.selection import Selection
from pruning.training.epochs import steps_for
from pruning.training.loop import _batches

QUICK: dict[str, Any] = {
    "epochs": 6,
    "warmup_epochs": 4,
    "seeds": [0],
    "training_images": 400,
    "test_images": 100,
    "batch_size": 64,
    "logit_init": 0.5,
    "learning_rate": 0.003,
    "mask_learning_rate": 0.1,
    "head_learning_rate": 0.1,
    "lambda_patience": 0,
    "lambda_threshold": 1,
    "lambda_factor": 2,
    "remove_every": 1,
    "remove_elements": 3,
}


def carried_out(folder: Path, **settings: Any) -> list[Event]:
    config = InputSelectionConfig.model_validate(QUICK | settings)
    for name in ("artifacts", "scratch"):
        (folder / name).mkdir(exist_ok=True)
    context = Context(folder, artifacts=folder / "artifacts", scratch=folder / "scratch")
    return list(execute(experiments["input_selection"], config, context))


def selected(folder: Path, **settings: Any) -> Result:
    result = fold(carried_out(folder, **settings))
    assert result.status == "done", result.error
    return result


def rows(result: Result, table: str) -> list[dict[str, Any]]:
    found = result.tables[table]
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("selection")


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    return selected(folder, seeds=[0, 1])


def test_it_holds_what_it_declares():
    quick = {"epochs": 2, "warmup_epochs": 1, "kinds": ["static", "dynamic", "random"]}
    versions = {"thumbnails": [4], "jpeg_qualities": [50]}
    check_experiment("input_selection", QUICK | quick | versions)


@pytest.mark.parametrize("kind", ["static", "dynamic", "given", "random"])
def test_ever_less_is_sent(result: Result, kind: str):
    epochs = [row for row in rows(result, "epochs") if row["kind"] == kind and row["repeat"] == 0]
    assert [row["epoch"] for row in epochs] == list(range(1, QUICK["epochs"] + 1))
    assert epochs[-1]["q"] < 0.7
    learned = kind in ("static", "dynamic")
    assert [row["lambda"] is not None for row in epochs] == [learned] * len(epochs)
    if learned:
        # A threshold of 1 is never reached: after the first epoch λ grows with each.
        assert epochs[-1]["lambda"] > epochs[0]["lambda"]


def test_the_best_of_an_interval_is_chosen_on_validation_images(result: Result):
    epochs = {(r["kind"], r["repeat"], r["epoch"]): r for r in rows(result, "epochs")}
    best = rows(result, "best")
    assert {row["kind"] for row in best} == {"static", "dynamic", "given", "random"}
    for row in best:
        epoch = epochs[row["kind"], row["repeat"], row["epoch"]]
        assert row["accuracy"] == epoch["accuracy"]
        assert row["q"] == epoch["q"]
        assert row["q_interval"] in INTERVALS
        assert row["validation_accuracy"] is not None
        assert row["bytes_saved"] == pytest.approx(64 * (1 - row["q"]))
        if row["kind"] in ("static", "given", "random"):
            # The same for all images, so that validation and test images agree on Q.
            assert row["q_interval"] - 0.05 < row["q"] <= row["q_interval"] + 1e-9


def test_means_are_those_over_the_repeats(result: Result):
    best = rows(result, "best")
    for row in rows(result, "summary"):
        own = [b for b in best if all(b[k] == row[k] for k in ("kind", "q_interval"))]
        assert row["repeats"] == len(own)
        assert row["accuracy"] == pytest.approx(np.mean([b["accuracy"] for b in own]))


def test_without_held_out_images_the_test_set_chooses(tmp_path: Path):
    found = rows(selected(tmp_path, validation=0, kinds=["random"], epochs=2), "best")
    assert [row["validation_accuracy"] for row in found] == [None] * len(found)


def test_training_ends_once_little_enough_is_sent(tmp_path: Path):
    result = selected(tmp_path, kinds=["random"], stop_below=0.6, epochs=20)
    q = [row["q"] for row in rows(result, "epochs")]
    assert len(q) < 20
    assert q[-1] < 0.6 <= min(q[:-1])


@pytest.fixture(scope="module")
def versioned(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    folder = tmp_path_factory.mktemp("versions")
    settings = {"thumbnails": [4, 2], "jpeg_qualities": [50], "epochs": 3, "seeds": [0, 1]}
    return carried_out(folder, **settings, kinds=["static", "dynamic", "random"])


@pytest.mark.parametrize("kind", ["static", "dynamic"])
def test_every_image_has_one_version(versioned: list[Event], kind: str):
    result = fold(versioned)
    of = {"thumbnails": ["original", "4 × 4", "2 × 2"], "qualities": ["original", "JPEG 50"]}
    for name, versions in of.items():
        series = result.series[f"{name}/{kind}/epoch"]
        assert set(series.labels["version"]) == set(versions)
        totals: dict[Any, float] = {}
        for x, y, repeat in zip(series.x, series.y, series.labels["repeat"], strict=True):
            totals[x, repeat] = totals.get((x, repeat), 0) + y
        assert totals == pytest.approx({(x, r): 1 for x in (1, 2, 3) for r in (0, 1)})
        if kind == "static":
            assert set(series.y) <= {0, 1}, "one for all images"


def test_what_has_no_choice_tells_of_none(versioned: list[Event], result: Result):
    told = {name.split("/")[1] for name in fold(versioned).series if name.startswith("thumb")}
    assert told == {"static", "dynamic"}
    assert not [name for name in result.series if name.startswith(("thumbnails", "qualities"))]


def test_making_versions_is_progress(versioned: list[Event]):
    said = [event for event in versioned if isinstance(event, Progress) and event.total > 1]
    making = [event.message for event in said if event.message.startswith("Making versions")]
    assert making[0] == "Making versions of 500 images, repeat 0"
    assert making[-1].endswith("repeat 1")
    done = [event.done for event in said]
    assert done == sorted(done)
    assert done[-1] == said[-1].total
    assert len({event.total for event in said}) == 1


def test_versions_are_made_only_for_masks_that_choose_among_them(tmp_path: Path):
    settings = {"thumbnails": [4], "kinds": ["random"], "epochs": 1}
    said = [e.message for e in carried_out(tmp_path, **settings) if isinstance(e, Progress)]
    assert not [message for message in said if message.startswith("Making versions")]


def best_epoch(kind: Any, repeat: int, q: float, accuracy: float, validation: float) -> BestEpoch:
    return BestEpoch(kind, repeat, round(0.05 * np.ceil(q / 0.05), 2), q, accuracy, validation, 1)


def test_kinds_that_repeats_do_not_separate_are_not_ranked():
    comparison = Comparison((1, 8, 8))
    for repeat, noise in enumerate((-0.01, 0.0, 0.01)):
        list(comparison.add([best_epoch("static", repeat, 0.08, 0.95 + noise, 0.9)]))
        list(comparison.add([best_epoch("given", repeat, 0.09, 0.945 - noise, 0.9)]))
        list(comparison.add([best_epoch("random", repeat, 0.1, 0.6 + noise, 0.5)]))
    said = {(r["q_limit"], r["kind"]): r for r in rows(fold(comparison.order()), "order")}
    assert said[0.1, "static"]["not_told_from"] == "Given"
    assert said[0.1, "given"]["not_told_from"] == "Static"
    assert said[0.1, "random"]["not_told_from"] == ""
    assert (0.05, "static") not in said


def test_the_best_within_a_limit_is_chosen_by_validation():
    comparison = Comparison((1, 8, 8))
    pair = [best_epoch("static", 0, 0.04, 0.99, 0.8), best_epoch("static", 0, 0.09, 0.90, 0.9)]
    list(comparison.add(pair))
    said = {r["q_limit"]: r for r in rows(fold(comparison.order()), "order")}
    assert said[0.05]["accuracy"] == 0.99
    assert said[0.1]["accuracy"] == 0.90


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([0.9], [0.1], False),
        ([0.9, 0.9], [0.1, 0.1], True),
        ([0.9, 0.9], [0.9, 0.9], False),
        ([0.9, 0.91, 0.92], [0.8, 0.81, 0.82], True),
        ([0.9, 0.5, 0.7], [0.8, 0.6, 0.65], False),
    ],
)
def test_two_are_told_apart_only_by_repeats_that_agree(one, other, expected):
    assert told_apart(one, other) is expected


def is_third_picture(event: Event) -> bool:
    return isinstance(event, Frame) and event.name == "mask/dynamic" and event.at == 3


def test_a_run_that_was_killed_ends_as_if_it_had_not_been(tmp_path: Path, result: Result):
    """In the middle of the second kind: the first is read again, the second goes on."""
    config = InputSelectionConfig.model_validate(QUICK | {"seeds": [0, 1]})
    for name in ("artifacts", "scratch"):
        (tmp_path / name).mkdir()
    context = Context(tmp_path, artifacts=tmp_path / "artifacts", scratch=tmp_path / "scratch")
    study = experiments["input_selection"]
    said = list(takewhile(lambda event: not is_third_picture(event), study.run(config, context)))
    again = fold([*said, *execute(study, config, context)])
    assert again.tables == result.tables
    assert again.frames == result.frames
    assert again.series == result.series


def test_what_is_given_away_is_described(folder: Path, result: Result):
    described = json.loads((folder / "artifacts" / "static-0.json").read_text())
    best = [r for r in rows(result, "best") if (r["kind"], r["repeat"]) == ("static", 0)]
    assert [c["accuracy"] for c in described["checkpoints"]] == [r["accuracy"] for r in best]
    assert described["config"]["dataset"] == "digits"
    names = {artifact.path for artifact in result.artifacts}
    assert {"static-0.safetensors", "static-0.json", "events.out.tfevents.static-0"} <= names


def images(channels: int) -> tuple[ImageSet, Any]:
    dataset = image_datasets["digits" if channels == 1 else "cifar10"]
    draws = torch.Generator().manual_seed(0)
    x = torch.randint(1, 256, (8, *dataset.shape), generator=draws, dtype=torch.uint8)
    return ImageSet(x, torch.arange(8), dataset.mean, dataset.sd), dataset


class BrightParts(torch.nn.Module):
    """A mask that sends the bright values of each image."""

    def forward(self, images: Tensor, _: float) -> Tensor:
        return (images > 0).float()


@pytest.mark.parametrize(("channels", "gone"), [(1, DARK_YELLOW), (3, GREY)])
@pytest.mark.parametrize("upscaling", [True, False])
def test_examples_show_what_is_sent_and_no_more_than_q_says(channels, gone, upscaling):
    shown, dataset = images(channels)
    mask = AnyMask(parse_granularity("pixel").elements(dataset.shape), dataset.shape, seed=0)
    with torch.no_grad():
        mask.logits.start.normal_(generator=torch.Generator().manual_seed(1))
    selection = Selection(mask, upscaling=upscaling)
    frames = {f.name: f for f in pictures("static", selection, shown, dataset, 3)}
    picture = frames["examples/static"].arrays["image"].numpy()
    _, height, width = dataset.shape
    assert picture.shape == (2 * height + 1, EXAMPLES * (width + 1) - 1, 3)
    whole, sent = picture[:height, :width], picture[height + 1 :, :width]
    kept = ~(sent == gone).all(axis=2)
    assert np.array_equal(sent[kept], whole[kept])
    assert kept.mean() == pytest.approx(float(selection(shown.batch(slice(0, 1))[0]).q.detach()))


@pytest.mark.parametrize(("count", "abreast"), [(10, 5), (100, 10)])
def test_every_class_has_a_picture_of_how_often_its_pixels_are_sent(count: int, abreast: int):
    shown, dataset = images(1)
    names = tuple(f"class {i}" for i in range(count))
    dataset = replace(dataset, classes=names)
    shown = replace(shown, x=shown.x.repeat(75, 1, 1, 1), y=torch.arange(600) % count)
    mask = BrightParts()
    frames = {f.name: f for f in pictures("dynamic", Selection(mask), shown, dataset, 1)}
    arrays = frames["classes/dynamic"].arrays
    assert arrays["class"].numpy().tolist() == list(range(count))
    picture = arrays["image"].numpy()
    _, height, width = dataset.shape
    assert picture.shape == (count // abreast * (height + 1) - 1, abreast * (width + 1) - 1)
    looked_at = max(500, 20 * count)
    for label in (0, 3, count - 1):
        mine = shown.batch(slice(0, looked_at))[0][shown.y[:looked_at] == label]
        often = mask(mine, 1.0).mean((0, 1))
        top, left = (height + 1) * (label // abreast), (width + 1) * (label % abreast)
        tile = torch.from_numpy(picture[top : top + height, left : left + width].copy())
        assert torch.equal(tile, (255 * often).round().to(torch.uint8))


def test_pictures_of_long_runs_stay_small():
    shown, dataset = images(3)
    elements = parse_granularity("pixel").elements(dataset.shape)
    selection = Selection(AnyMask(elements, dataset.shape, seed=0))
    one = sum(len(f.model_dump_json()) for f in pictures("dynamic", selection, shown, dataset, 1))
    assert pictured_epochs(400)[-1] == 400
    assert len(pictured_epochs(400)) * one < 20e6


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lambda_init": 0}, "greater than or equal to 0.000001"),
        ({"lambda_factor": 0.5}, "greater than or equal to 1"),
        ({"jpeg_qualities": [0]}, "greater than or equal to 1"),
        ({"importances": "../secret.npy"}, "is called by"),
        ({"kinds": []}, "at least 1"),
        ({"dataset": "digits", "model": "lenet5"}, "needs images of at least"),
    ],
)
def test_wrong_settings_are_refused_with_what_to_change(settings: dict[str, Any], message: str):
    with pytest.raises(ValidationError, match=message):
        InputSelectionConfig.model_validate(settings)


@pytest.mark.parametrize(
    ("settings", "field", "message"),
    [
        ({"granularity": "nonsense"}, "granularity", "is no granularity"),
        ({"granularity": "9x9"}, "granularity", "choose at most 8x8"),
        ({"granularity": "version"}, "granularity", "given and random masks have nothing to rank"),
        ({"thumbnails": [4, 8]}, "thumbnails", "have to be smaller than the images"),
        ({"head_size": 9}, "head_size", "choose a smaller one"),
        ({"tau_min": 2}, "tau_min", "choose a smallest τ of at most that"),
        ({"remove_every": 401}, "remove_every", "training has 400 steps"),
        ({"remove_every": 21, "epochs": 2}, "remove_every", "choose at most so many, or more"),
    ],
)
def test_what_fits_nothing_else_is_told_of_the_field_to_change(settings, field, message):
    with pytest.raises(ValidationError, match=message) as refusal:
        InputSelectionConfig.model_validate(settings)
    [error] = refusal.value.errors()
    assert error["loc"] == (field,)


def test_all_that_does_not_fit_is_told_at_once():
    wrong = {"granularity": "9x9", "thumbnails": [9], "tau_min": 2, "remove_every": 500}
    with pytest.raises(ValidationError) as refusal:
        InputSelectionConfig.model_validate(wrong)
    assert {error["loc"] for error in refusal.value.errors()} == {(name,) for name in wrong}


def test_masks_that_are_not_asked_for_need_not_fit():
    assert InputSelectionConfig(kinds=["static"], head_size=9).head_size == 9
    assert InputSelectionConfig(kinds=["static", "dynamic"], remove_every=9999).remove_every == 9999
    for more in ({"kinds": ["dynamic"]}, {"kinds": ["static"], "thumbnails": [4]}):
        config = InputSelectionConfig(granularity="version", **more)
        assert config.granularity == "version"


@pytest.mark.parametrize("images", [1, 2, 64, 65, 66, 129])
@pytest.mark.parametrize("batch_size", [1, 2, 64, 200])
def test_steps_are_counted_as_training_takes_them(images: int, batch_size: int):
    batches = _batches(torch.arange(images), batch_size)
    assert steps_for(images, batch_size) == len(batches)


def test_a_stored_run_is_understood_though_its_file_is_gone(tmp_path: Path):
    look_in(tmp_path)
    config = InputSelectionConfig(importances="gone.npy")
    with pytest.raises(ValidationError, match=r"there are no importances gone\.npy") as refusal:
        config.check_files()
    assert refusal.value.errors()[0]["loc"] == ("importances",)
    InputSelectionConfig(importances="gone.npy", kinds=["random"]).check_files()


def rising() -> bytes:
    """A file of importances for the digits."""
    file = io.BytesIO()
    np.save(file, np.arange(64.0).reshape(8, 8))
    return file.getvalue()


def offered() -> list[str]:
    return InputSelectionConfig.model_json_schema()["properties"]["importances"]["x-files"]


def test_the_schema_offers_the_files_that_there_are_now(tmp_path: Path):
    look_in(tmp_path)
    assert offered() == []
    keep_importances(rising(), "mine.npy", tmp_path)
    assert offered() == ["mine.npy"]


def test_a_run_that_was_killed_goes_on_with_the_importances_that_it_began_with(tmp_path: Path):
    keep_importances(rising(), "mine.npy", tmp_path)
    settings = QUICK | {"kinds": ["given"], "importances": "mine.npy", "epochs": 3}
    config = InputSelectionConfig.model_validate(settings)
    (tmp_path / "scratch").mkdir()
    context = Context(tmp_path, scratch=tmp_path / "scratch")
    study = experiments["input_selection"]
    said = list(takewhile(lambda event: event.kind != "table", study.run(config, context)))
    remove_importances("mine.npy", tmp_path)
    again = fold([*said, *execute(study, config, context)])
    assert again.status == "done", again.error
    kept = again.frames["mask/given"][-1].arrays["image"].numpy() > 0
    assert np.arange(64.0).reshape(8, 8)[kept].min() > 0


def test_a_file_of_importances_that_cannot_be_used_is_refused_before_training(tmp_path: Path):
    (tmp_path / "importances").mkdir()
    np.save(tmp_path / "importances" / "flat.npy", np.ones((8, 8)))
    for name, message in (("flat.npy", "rank nothing"), ("gone.npy", "there are no importances")):
        said = fold(carried_out(tmp_path, kinds=["given"], importances=name))
        assert said.status == "failed"
        assert message in str(said.error)
        assert not said.series


def test_a_file_of_importances_says_what_goes_first(tmp_path: Path):
    keep_importances(rising(), "rising.npy", tmp_path)
    found = selected(tmp_path, kinds=["given"], importances="rising.npy", epochs=2)
    frame = found.frames["mask/given"][-1]
    kept = frame.arrays["image"].numpy() > 0
    importances = np.arange(64.0).reshape(8, 8)
    assert importances[kept].min() > importances[~kept].max()
