"""MINT from end to end, on the images that are always there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from pruning.checks import check_experiment
from pruning.context import CancelledError, Context
from pruning.events import Event, Progress, Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.mint import measuring, scoring
from pruning.experiments.mint.config import MintConfig
from pruning.experiments.mint.layers import Pair
from pruning.experiments.mint.notes import first_few
from pruning.experiments.mint.parts import parts
from pruning.experiments.mint.pictures import signal_row
from pruning.experiments.mint.scoring import Scorer
from pruning.experiments.mint.setup import Setup
from pruning.experiments.mint.study import Study
from pruning.takeaway.description import Description
from pruning.takeaway.masks import read_masks
from pruning.tensor_files import read_tensors
from tests.pruning.small_images import digits

MINT = experiments["mint"]
QUICK: dict[str, Any] = {
    "epochs": 3,
    "retrain_epochs": 1,
    "training_images": 400,
    "test_images": 100,
    "groups": "5",
    "samples_per_class": "12",
    "latency_batch": 8,
    "variants": ["mint", "mint_as_published", "chance", "magnitude"],
    "prune_layers": "fc2",
    "percentages": "40,80",
    "seeds": "0,1",
}


@pytest.fixture(scope="module", autouse=True)
def hurried() -> Iterator[None]:
    """Each network would be timed for seconds."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(measuring, "_SECONDS", 0.01)
        yield


def carried_out(folder: Path, **settings: Any) -> list[Event]:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    config = MintConfig.model_validate(QUICK | settings)
    return list(execute(MINT, config, Context(folder, scratch=scratch)))


def done(folder: Path, **settings: Any) -> Result:
    result = fold(carried_out(folder, **settings))
    assert result.status == "done", result.error
    return result


def rows(result: Result, table: str) -> list[dict[str, Any]]:
    found = result.tables[table]
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mint")


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    return done(folder)


def test_it_holds_what_it_declares():
    check_experiment(
        "mint",
        QUICK,
        QUICK | {"prune_layers": "", "groups": "4,6", "samples_per_class": "10,8", "seeds": "0"},
        QUICK | {"percent_of": "scores", "retrain_epochs": 0, "permuted": False},
    )


def test_every_variant_loses_what_was_asked_for_of_the_compared_layer(result: Result):
    found = rows(result, "accuracy")
    assert len(found) == 4 * 2 * 3
    for row in found:
        assert row["pruned_percent"] == pytest.approx(row["pruned_percent_asked"], abs=0.01)
        assert row["pruned_percent_all"] >= 100 * 0.48 * row["pruned_percent"] / 100
        if not row["pruned_percent_asked"]:
            assert row["accuracy_before_retraining"] is None
            assert row["units_cut"] == 0
        else:
            assert row["best_epoch_accuracy"] >= row["accuracy"]


def test_zeros_are_worth_no_bytes(result: Result):
    """Deflated weights keep some nine tenths; zeros, whatever their sign, hardly anything."""
    for row in rows(result, "accuracy"):
        left = 4 * 30_000 * (1 - row["pruned_percent"] / 100)
        assert 0.8 * left < row["bytes_sparse"] < left + 3000
        assert row["bytes_slim"] <= 4 * 50_610


def test_each_layer_of_a_control_loses_as_much_as_by_scores(result: Result):
    found = rows(result, "pairs")
    assert {row["layer"] for row in found} == {"fc2"}
    for seed in (0, 1):
        for asked in (40, 80):
            here = [r for r in found if (r["seed"], r["pruned_percent_asked"]) == (seed, asked)]
            assert {row["blocks_pruned"] for row in here} == {asked / 100}
            assert [r["variant"] for r in here if r["cutoff"] is None] == ["chance", "magnitude"]


def test_what_is_given_away_is_what_was_measured(tmp_path: Path):
    """The masks of all percentages, and the slimmed network of the highest that is good enough."""
    (tmp_path / "artifacts").mkdir()
    config = MintConfig.model_validate(
        QUICK | {"seeds": "0", "variants": "magnitude", "epochs": 20, "retrain_epochs": 3}
    )
    context = Context(tmp_path, artifacts=tmp_path / "artifacts")
    result = fold(execute(MINT, config, context))
    given = {
        Path(each.path).suffix: tmp_path / "artifacts" / each.path for each in result.artifacts
    }
    masks = read_masks(given[".npz"])
    assert list(masks) == [40, 80]
    assert float((~masks[80]["fc2.weight"]).float().mean()) == pytest.approx(0.8)
    described = Description.model_validate_json(given[".json"].read_text())
    tensors, _ = read_tensors(given[".safetensors"], "cpu")
    for name, width in described.widths.items():
        assert len(tensors[f"{name}.weight"]) == width
    assert described.criterion == "magnitude"
    [row] = [
        row
        for row in rows(result, "accuracy")
        if row["pruned_percent_all"] == pytest.approx(100 * described.sparsity)
    ]
    assert described.measures["test_accuracy"] == row["accuracy"]
    assert described.widths.keys() == {"fc1", "fc2", "output"}


def test_means_are_over_the_seeds(result: Result):
    every = rows(result, "accuracy")
    for row in rows(result, "summary"):
        of = [
            each["accuracy"]
            for each in every
            if (each["variant"], each["pruned_percent_asked"])
            == (row["variant"], row["pruned_percent_asked"])
        ]
        assert row["seeds"] == len(of) == 2
        assert row["accuracy"] == pytest.approx(np.mean(of))
        assert row["sd"] == pytest.approx(np.std(of, ddof=1))
    series = result.series["accuracy/mint/compared"]
    means = [x for x, s in zip(series.x, series.labels["statistic"], strict=True) if s == "mean"]
    assert means == pytest.approx([0, 0.4, 0.8])


def test_no_table_holds_what_is_not_a_number(result: Result):
    for table in result.tables.values():
        for row in table.rows:
            assert not any(isinstance(cell, float) and not math.isfinite(cell) for cell in row)


def test_the_frames_are_the_scores_of_all_layers(result: Result):
    assert {"scores/fc1", "scores/fc2", "scores/output"} <= result.frames.keys()
    [frame] = result.frames["scores/fc2"]
    scores, weights = frame.arrays["scores"].numpy(), frame.arrays["weights"].numpy()
    assert scores.shape == weights.shape == (5, 5)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert weights.sum() == 30_000
    [blocks] = result.frames["blocks"]
    np.testing.assert_array_equal(blocks.arrays["scores"].numpy(), scores.ravel())
    assert blocks.arrays["total"].numpy() == [64 * 300 + 300 * 100 + 100 * 10]


def test_scores_fill_in_one_group_of_parents_after_another(folder: Path, tmp_path: Path):
    frames = [e for e in carried_out(tmp_path) if e.kind == "frame" and e.name == "scores/fc2"]
    known = [int(np.isfinite(f.arrays["scores"].numpy()).sum()) for f in frames]
    assert known == [5, 10, 15, 20, 25]


def test_scores_and_networks_are_found_again(folder: Path, result: Result, monkeypatch):
    """With an empty scratch folder, so that only what is kept for all runs is there."""

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("it is scored again")

    monkeypatch.setattr(scoring, "conditional_information", never)
    again = done(folder)
    for name in ("accuracy", "signal", "pairs", "summary"):
        timed = {i for i, c in enumerate(again.tables[name].columns) if "speedup" in c}
        one, other = (
            [[c for i, c in enumerate(row) if i not in timed] for row in r.tables[name].rows]
            for r in (result, again)
        )
        assert one == other


def test_what_was_cancelled_goes_on_to_the_same_table(tmp_path: Path, result: Result):
    """Stopped again and again, wherever it is; each attempt finds what others have finished."""
    config = MintConfig.model_validate(QUICK)
    (tmp_path / "scratch").mkdir()
    left = [0]

    def tired() -> bool:
        left[0] -= 1
        return left[0] == 0

    context = Context(tmp_path, scratch=tmp_path / "scratch", cancelled=tired)
    # How often a speedup is measured depends on how quiet the machine is.
    for attempt in range(1, 40):
        left[0] = round(60 * 1.2**attempt)
        try:
            events = list(MINT.run(config, context))
            break
        except CancelledError:
            continue
    assert attempt > 2
    found = fold(events)
    columns = found.tables["accuracy"].columns
    kept = [i for i, name in enumerate(columns) if "speedup" not in name]
    one, other = (
        sorted([row[i] for i in kept] for row in r.tables["accuracy"].rows) for r in (result, found)
    )
    assert one == other
    # What an attempt before has said is forgotten with it, and has to be said again.
    assert result.series.keys() == found.series.keys()
    for name, series in result.series.items():
        assert found.series[name] == series, name


def test_parts_need_nothing_but_what_is_before_them(tmp_path: Path):
    """Each in a folder of its own, as on machines that share none."""
    config = MintConfig.model_validate(QUICK | {"seeds": "0", "variants": "mint,chance"})
    whole = done(tmp_path, seeds="0", variants="mint,chance")
    assert MINT.division
    events: list[Event] = []
    for place, part in enumerate(parts(config)):
        home = tmp_path / str(place)
        home.mkdir()
        events += MINT.division.run_one(config, part, Context(home))
    apart = fold(events)
    for name in ("pairs", "signal"):
        assert apart.tables[name].rows == whole.tables[name].rows
    places = [e for e in events if isinstance(e, Progress)]
    assert places[-1].total == sum(part.steps for part in parts(config))


def test_ablations_stand_beside_what_is_studied(tmp_path: Path):
    result = done(tmp_path, groups="4,6", samples_per_class="10,8", seeds="0", variants="mint")
    for table, column, values in (
        ("by_groups", "groups", {4, 6}),
        ("by_samples", "samples_per_class", {10, 8}),
    ):
        found = rows(result, table)
        assert {row[column] for row in found} == values
        assert len(found) == 2 * 2
        for row in found:
            asked, got = row["pruned_percent_asked"], row["pruned_percent"]
            assert asked - 7 < got <= asked + 0.01


def test_another_network_has_other_scores(tmp_path: Path):
    one, other = (
        done(tmp_path, seeds="0", variants="mint"),
        done(tmp_path, seeds="1", variants="mint"),
    )
    assert rows(one, "signal")[1]["mean"] != rows(other, "signal")[1]["mean"]


@pytest.mark.parametrize("score", [0.0, 0.1, 1 - 23 / 40])
def test_scores_that_are_all_alike_have_no_signal(score: float):
    """Whatever the last digit of their mean is."""
    alike, others = np.full((5, 7), score), np.arange(35.0).reshape(5, 7)
    pair = Pair("b", ("a",), 5, 7)
    for scores, second in ((alike, others), (others, alike), (alike, alike)):
        row = signal_row(pair, (5, 7), {"mint": scores, "second_draw": second}, 0)
        told = dict(zip(row.columns, row.rows[0], strict=True))
        assert told["correlation"] is None
        assert (told["parent_share"] is None) == (scores is alike)


def test_a_dead_unit_and_equal_images_are_no_trouble(tmp_path: Path):
    """All activations of a layer that is dead are zero, and all distances with them."""
    config = MintConfig.model_validate(QUICK | {"seeds": "0"})
    setup = Setup(config, Context(tmp_path), digits())
    network = setup.untrained(0).eval()
    with torch.no_grad():
        network.get_parameter("fc1.weight").zero_()
        network.get_parameter("fc1.bias").fill_(-1)
    data = setup.splits(0)
    same = replace(data.train, x=data.train.x[:1].expand(len(data.train), -1, -1, -1))
    scorer = Scorer(setup, network, replace(data, train=same), 0)
    for pair in setup.pairs:
        for way in ("mint", "as_published", "permuted"):
            *_, whole = scorer.scores(pair, config.main, way)
            found = whole.scores
            assert found.shape == tuple(
                len(runs)
                for runs in (setup.groups(pair, 5).children, setup.groups(pair, 5).parents)
            )
            assert ((found >= 0) & (found <= 1)).all()


def test_notes_say_what_differs_from_what_was_asked_for(tmp_path: Path):
    result = done(tmp_path, groups="16", samples_per_class="60", seeds="0", variants="mint")
    said = " ".join(note.text for note in result.notes)
    assert "output has 10 units, too few for 16 groups" in said
    assert "fc1 has 300 units, which do not divide into 16 equal groups" in said
    assert "fewer than 60 training images of some classes" in said


def test_so_few_samples_that_scores_are_coarse_are_told(tmp_path: Path):
    def said(samples: str) -> list[str]:
        result = done(tmp_path, samples_per_class=samples, seeds="0", variants="chance")
        return [note.text for note in result.notes if "samples are few" in note.text]

    [told] = said("3")
    assert told.startswith("30 samples are few: a score can only be one of 11 values")
    assert said("30") == []


def test_many_notes_on_groups_are_told_as_one():
    told = first_few(f"layer {place // 2} has too few units" for place in range(40))
    assert told[:6] == [f"layer {place} has too few units" for place in range(6)]
    assert [text for text in told[6:] if "14 more" in text] == told[6:] != []


def test_a_part_without_layers_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """There are three layers for eight parts: the others neither train nor evaluate a network."""

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a network is asked for")

    monkeypatch.setattr(Study, "_dense", never)
    study = Study(MintConfig.model_validate(QUICK), digits(), 15, Context(tmp_path))
    assert [event.kind for event in study.score(0, 3)] == ["progress"]


def test_a_layer_of_which_nothing_is_left_is_told(tmp_path: Path):
    result = done(
        tmp_path,
        percentages="99.9",
        percent_of="scores",
        upper_limit=1,
        groups="1",
        seeds="0",
        variants="mint",
    )
    assert any("nothing passes through the network any more" in note.text for note in result.notes)


@pytest.mark.parametrize(
    ("settings", "field", "told"),
    [
        ({"samples_per_class": "700"}, "samples_per_class", "take at most 660"),
        ({"samples_per_class": "10,700"}, "samples_per_class", "7,000 samples"),
        ({"samples_per_class": "2"}, "samples_per_class", "take at least 3"),
        ({"samples_per_class": "12,1"}, "samples_per_class", "1 of each of 10 classes are 10"),
        ({"groups": "0"}, "groups", "greater than or equal to 1"),
        ({"groups": "5,6", "variants": "chance"}, "groups", "add that variant"),
        ({"layer_groups": "fc2"}, "layer_groups", "name the layer and its value"),
        ({"layer_groups": "fc2=a"}, "layer_groups", "whole numbers"),
        ({"layer_groups": "fc2=0"}, "layer_groups", "at least one group"),
        ({"layer_groups": "fc2=3,fc2=4"}, "layer_groups", "name each layer once"),
        ({"layer_limits": "fc2=97"}, "layer_limits", "at most 1; write fc2=0.97 for 97 %"),
        ({"layer_limits": "fc2=much"}, "layer_limits", "write a share"),
        ({"percentages": "0,50"}, "percentages", "greater than 0"),
        ({"percentages": "100"}, "percentages", "less than 100"),
        ({"percent_of": "scores", "variants": "chance"}, "percent_of", "no scores"),
        ({"variants": ""}, "variants", ""),
        ({"prune_layers": "fc2,fc9"}, "prune_layers", "no layer fc9; there are fc1, fc2, output"),
        ({"compared_layers": "fc9"}, "compared_layers", "LeNet-300-100 has no layer fc9"),
        ({"layer_groups": "fc9=3"}, "layer_groups", "no layer fc9"),
        ({"layer_limits": "fc9=0.5"}, "layer_limits", "no layer fc9"),
        ({"layer_limits": "fc2=0.5,fc1=0.5"}, "layer_limits", "fc1 is not pruned"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(settings: dict[str, Any], field: str, told: str):
    with pytest.raises(ValidationError) as refusal:
        MintConfig.model_validate(QUICK | settings)
    [error, *_] = refusal.value.errors()
    assert error["loc"][0] == field
    assert told in error["msg"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "Layers to prune: ResNet-20 has no layer fc2; there are conv1, stage1.0.conv1,"),
        ({"prune_layers": "", "compared_layers": "fc9"}, "Layers compared: "),
        ({"prune_layers": "", "layer_groups": "fc9=3"}, "Groups of single layers: "),
        (
            {"prune_layers": "", "layer_limits": "fc9=0.5"},
            "Upper limits of single layers (shares): ",
        ),
    ],
)
def test_a_layer_that_only_the_network_can_tell_is_refused_before_training(
    tmp_path: Path, settings: dict[str, Any], told: str
):
    events = carried_out(tmp_path, model="resnet-20", **settings)
    assert told in str(fold(events).error)
    assert "Training" not in " ".join(e.message for e in events if isinstance(e, Progress))


def test_settings_of_single_layers_count_there_alone(tmp_path: Path):
    result = done(
        tmp_path, layer_groups="fc2=3x4", layer_limits="fc2=0.5", seeds="0", variants="mint"
    )
    shapes = {
        name: f.arrays["scores"].numpy().shape
        for name, [f] in result.frames.items()
        if "scores/" in name
    }
    assert shapes == {"scores/fc1": (5, 5), "scores/fc2": (3, 4), "scores/output": (5, 5)}
    most = rows(result, "pairs")[-1]
    assert most["limited"] == "yes"
    assert most["pruned"] <= 0.5
