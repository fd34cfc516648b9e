"""The command line: the same configurations, the same results, errors that say what to change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prunelab.cli import cli
from pruning.events import EVENT, fold
from pruning.experiments.base import experiments, result_document
from pruning.recipes.base import recipes

QUICK = ["--set", "grid=20", "--set", "hidden=20,20,20", "--set", "sparsities=0:0.9:0.3"]


@pytest.fixture
def prunelab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PRUNELAB_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    return lambda *arguments: runner.invoke(cli, [str(argument) for argument in arguments])


def test_a_run_writes_its_result_and_its_events(prunelab, tmp_path: Path):
    out = tmp_path / "out"
    done = prunelab(
        *("run", "toy", "--set", "dataset=circle", "--set", "criteria=lrp,weight"),
        *("--set", "reference_samples=10", *QUICK, "--out", out),
    )
    assert done.exit_code == 0, done.output
    result = json.loads((out / "result.json").read_text())
    assert list(result) == [
        *("experiment", "config", "series", "frames", "tables"),
        *("artifacts", "notes", "status", "error"),
    ]
    assert (result["experiment"], result["status"]) == ("toy", "done")
    assert result["config"]["criteria"] == ["lrp", "weight"]
    assert {"accuracy/lrp", "accuracy/weight"} <= result["series"].keys()
    assert {"boundary/lrp", "boundary/weight", "points/train"} <= result["frames"].keys()
    table = result["tables"]["accuracy"]
    assert table["columns"] == [
        *("criterion", "sparsity", "units_removed", "train_accuracy", "test_accuracy"),
    ]
    assert len(table["rows"]) == 2 * 4
    lines = (out / "events.jsonl").read_text().splitlines()
    config = experiments["toy"].config.model_validate(result["config"]).model_dump(mode="json")
    events = map(EVENT.validate_json, lines)
    assert result_document("toy", config, fold(events)) == result


def test_two_runs_with_the_same_seed_give_the_same_tables(prunelab, tmp_path, monkeypatch):
    tables = []
    for attempt in ("one", "two"):
        # Each trains its own network: equal tables do not come from the cache.
        monkeypatch.setenv("PRUNELAB_HOME", str(tmp_path / attempt))
        out = tmp_path / f"out-{attempt}"
        done = prunelab("run", "toy", "--set", "criteria=lrp,random,grad", *QUICK, "--out", out)
        assert done.exit_code == 0
        tables.append(json.loads((out / "result.json").read_text())["tables"])
    assert tables[0] == tables[1]


def test_experiments_are_listed_with_their_settings(prunelab):
    listed = prunelab("experiments").output
    assert "toy" in listed
    assert "--set dataset=" in listed
    schemas = json.loads(prunelab("experiments", "--json").output)
    assert schemas["toy"] == experiments["toy"].config.model_json_schema()


@pytest.mark.parametrize("suffix", ["json", "toml"])
def test_a_configuration_can_come_from_a_file_and_be_changed_by_hand(
    prunelab, tmp_path: Path, suffix: str
):
    file = tmp_path / f"config.{suffix}"
    file.write_text('{"dataset": "moon", "grid": 30}' if suffix == "json" else 'dataset = "moon"')
    out = tmp_path / "out"
    assert prunelab("run", "toy", "--config", file, *QUICK, "--out", out).exit_code == 0
    config = json.loads((out / "result.json").read_text())["config"]
    assert (config["dataset"], config["grid"]) == ("moon", 20)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tyo"], "unknown experiment 'tyo'; choose one of toy"),
        (["toy", "--set", "dataset=circel"], "choose one of"),
        (["toy", "--set", "grid=7"], "grid: "),
        (["toy", "--set", "grid"], "write key=value"),
        (["toy", "--set", "nothing=1"], "nothing: "),
        (
            ["sweep", "--set", "dataset=imagenet", "--set", "model=resnet50"],
            "dataset: ImageNet is not shipped: add a folder",
        ),
    ],
)
def test_mistakes_are_named_and_nothing_is_written(prunelab, tmp_path, arguments, said):
    out = tmp_path / "out"
    failed = prunelab("run", *arguments, "--out", out)
    assert failed.exit_code == 1
    assert said in failed.output
    assert not out.exists()


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(prunelab, tmp_path: Path):
    file = tmp_path / "file"
    file.touch()
    failed = prunelab("run", "toy", "--out", file)
    assert failed.exit_code == 1
    assert f"cannot write to {file}" in failed.output
    assert failed.exception is None or isinstance(failed.exception, SystemExit)


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_a_file_that_is_no_configuration_is_refused(prunelab, tmp_path: Path, text: str):
    file = tmp_path / "config.json"
    file.write_text(text)
    failed = prunelab("run", "toy", "--config", file)
    assert failed.exit_code == 1
    assert "config.json" in failed.output


def test_a_run_that_fails_says_why_and_keeps_what_it_had(prunelab, tmp_path: Path):
    from tests import experiments as _counting  # noqa: F401 - registers `count`

    out = tmp_path / "out"
    failed = prunelab("run", "count", "--set", "fail_at=2", "--out", out)
    assert failed.exit_code == 1
    assert "stumbled at 2" in failed.output
    result = json.loads((out / "result.json").read_text())
    assert (result["status"], result["error"]) == ("failed", "RuntimeError: stumbled at 2")
    assert result["tables"]["squares"]["rows"] == [[0, 0], [1, 1]]


STUDY = [
    *("--set", "datasets=circle", "--set", "criteria=weight,lrp", "--set", "reference_samples=1,5"),
    *("--set", "seeds=2", "--set", "hidden=30,20,10"),
    *("--set", "training=quick"),
]


def test_recipes_are_listed_with_what_to_expect(prunelab):
    listed = prunelab("recipes")
    assert listed.exit_code == 0
    for recipe in recipes:
        assert recipe.name in listed.stdout
        assert recipe.url in listed.stdout
        assert all(" ".join(sentence.split()[:4]) in listed.stdout for sentence in recipe.expect)


def test_a_recipe_runs_with_changes(prunelab, tmp_path: Path):
    done = prunelab("run", "--recipe", "yeom2021-toy", *STUDY, "--out", tmp_path / "D")
    assert done.exit_code == 0, done.stderr
    document = json.loads((tmp_path / "D" / "result.json").read_text())
    assert document["experiment"] == "toy_study"
    assert document["config"]["seeds"] == 2
    assert len(document["tables"]["accuracy"]["rows"]) == 8
    assert "reference_samples" in done.stdout, "columns are written out"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "name an experiment or, with --recipe, a recipe"),
        (["run", "toy", "--recipe", "yeom2021-toy"], "name an experiment or, with --recipe"),
        (["run", "--recipe", "nothing"], "choose one of yeom2021-toy"),
        (["run", "toy_study", "--set", "seeds=900"], "the grid is too large: 86,400 prunings"),
    ],
    ids=str,
)
def test_mistakes_with_recipes_are_named(prunelab, arguments: list[str], said: str):
    refused = prunelab(*arguments)
    assert refused.exit_code == 1
    assert said in refused.stderr


def test_an_estimate_is_said_and_nothing_is_run(prunelab, tmp_path: Path):
    said = prunelab("run", "toy", *QUICK, "--estimate", "--out", tmp_path / "out")
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("about ")
    assert said.stdout.rstrip().endswith("from counted operations")
    assert not (tmp_path / "out").exists()
