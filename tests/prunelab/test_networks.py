"""`prunelab network`: a network of a sweep, from its folder to files of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prunelab.cli import cli
from pruning.takeaway.weights import rebuild

QUICK = (
    *("--set", "epochs=2", "--set", "criteria=weight", "--set", "sparsities=0,0.5"),
    *("--set", "seeds=0,1", "--set", "reference_samples=20", "--set", "latency_batch=4"),
)


@pytest.fixture
def prunelab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PRUNELAB_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    return lambda *arguments: runner.invoke(cli, [str(argument) for argument in arguments])


def test_a_network_of_a_sweep_is_taken_away_and_fine_tuned(prunelab, tmp_path: Path):
    swept, out = tmp_path / "sweep", tmp_path / "out"
    assert prunelab("run", "sweep", *QUICK, "--out", swept).exit_code == 0
    asked = ("--criterion", "weight", "--sparsity", "0.5", "--seed", "1", "--out", out)
    done = prunelab("network", swept, *asked, "--fine-tune", "1")
    assert done.exit_code == 0, done.output
    assert "fine_tuned: " in done.output
    stem = "weight-unit-50-seed-1-fine-tuned-1"
    told = json.loads((out / f"{stem}.json").read_text())
    network = rebuild(out / f"{stem}.json", out / f"{stem}.safetensors")
    assert told["widths"]["fc1"] == len(network.fc1.weight) == 150
    assert (out / "load.py").exists()
    refused = prunelab("network", swept, *asked, "--sparsity", "0.7")
    assert refused.exit_code == 1
    assert "sparsities 0, 0.5" in refused.output


def test_what_is_no_sweep_is_refused(prunelab, tmp_path: Path):
    asked = ("--criterion", "weight", "--sparsity", "0.5", "--out", tmp_path / "out")
    missing = prunelab("network", "nothing", *asked)
    assert (missing.exit_code, "There is no run" in missing.output) == (1, True)
    empty = prunelab("network", tmp_path, *asked)
    assert (empty.exit_code, "name what `run --out` wrote" in empty.output) == (1, True)
    document = {"experiment": "toy", "config": {}}
    (tmp_path / "result.json").write_text(json.dumps(document))
    other = prunelab("network", tmp_path, *asked)
    assert (other.exit_code, "is a run of toy; name one of sweep" in other.output) == (1, True)


def test_the_layers_of_a_model_are_listed_by_name(prunelab):
    listed = prunelab("layers", "lenet-300-100")
    assert listed.exit_code == 0, listed.output
    lines = [line.split() for line in listed.output.splitlines()]
    assert ["fc1", "linear", "300", "19,500", "19,200"] in lines
    refused = prunelab("layers", "lenet5")
    assert refused.exit_code == 1
    assert "needs images of at least" in refused.output
