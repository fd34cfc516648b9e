"""The examples that are one file, the criterion and the penalty: used as it says in them."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from tests.examples.packages import EXAMPLES, beside, install, python


def test_the_script_says_what_pruning_costs_and_brings(capsys: pytest.CaptureFixture[str]):
    runpy.run_path(str(EXAMPLES / "prune_digits.py"))
    rows = [
        (line[:28].strip(), *line[28:].split()) for line in capsys.readouterr().out.splitlines()
    ]
    titles, accuracies, sizes, speedups, _ = zip(*rows[1:], strict=True)
    assert titles == ("Unpruned", "Weight magnitude", "Taylor expansion per sample")
    unpruned, *pruned = (float(accuracy.rstrip("%")) for accuracy in accuracies)
    assert unpruned > 90
    assert all(30 < accuracy < unpruned for accuracy in pruned)
    assert sizes == ("50,610", "17,810", "17,810")
    assert speedups[0] == "1×"
    assert all(float(speedup.rstrip("×")) > 1 for speedup in speedups[1:])


def test_the_model_of_a_file_passes_the_checks_and_is_pruned_from_the_command_line(tmp_path: Path):
    program = (
        "import sys; from prunelab.cli import cli; cli(sys.argv[1:], standalone_mode=False); "
        "from tests.pruning.checks_models import check_model; check_model('bottleneck')"
    )
    settings = ["model=bottleneck", "epochs=1", "sparsities=0,0.5", "seeds=0", "criteria=weight"]
    options = [word for setting in settings for word in ("--set", setting)]
    file, home = EXAMPLES / "model_file.py", tmp_path / "home"
    environment = beside(PRUNELAB_MODELS=str(file), PRUNELAB_HOME=str(home))
    python("-c", program, "run", "sweep", *options, "--out", tmp_path / "out", env=environment)
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["status"] == "done"
    assert {row[3] for row in result["tables"]["layers"]["rows"]} == {"wide1", "narrow", "wide2"}


def test_the_criterion_of_a_package_passes_the_checks_and_is_offered_in_forms(tmp_path: Path):
    program = (
        "from tests.pruning.checks import check_criterion; check_criterion('spread'); "
        "from pruning.experiments.toy.config import ToyConfig; import json; "
        "print(json.dumps(ToyConfig.model_json_schema()['properties']['criteria']['items']))"
    )
    installed = install("criterion_plugin", tmp_path)
    offered = json.loads(python("-c", program, env=beside(installed)))
    assert offered["enum"][-1] == "spread"
    assert offered["x-choices"][-1]["title"] == "Spread of the output"


def test_the_penalty_of_a_package_passes_the_check_and_is_offered_in_forms(tmp_path: Path):
    program = (
        "import sys; from pruning.experiments.sweep.config import SweepConfig; "
        "told = SweepConfig.model_json_schema()['properties']['penalties']['description']; "
        "config = SweepConfig(penalties='weight_l4=0.01'); "
        "assert 'torch' not in sys.modules; "
        "from pruning.checks import check_penalty; check_penalty('weight_l4'); "
        "print(told); print(dict(config.training(0).penalties))"
    )
    installed = install("penalty_plugin", tmp_path)
    told, asked = python("-c", program, env=beside(installed)).splitlines()
    assert "weight_l4: times the sum of w⁴ over all weights" in told
    assert asked == "{'weight_l4': 0.01}"
