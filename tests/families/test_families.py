"""Three of torchvision's families; `make families` has all of them."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

FILES = ["ONNX", "description (JSON)", "torch.export", "weights"]


@pytest.mark.parametrize(
    ("family", "most_left"),
    # Units of the second lose what lies between them, of the third only what attention is not.
    [("squeezenet", 30), ("mnasnet", 30), ("vision_transformer", 90)],
)
def test_a_family_is_trained_pruned_slimmed_and_given_away(family: str, most_left: int):
    # In a process of its own: nothing else in this one shall know these models.
    command = [sys.executable, "-W", "ignore", "-m", "tests.families", family]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    by_weights, by_units, counted = said.stdout.splitlines()
    assert counted == "by weights 1, by units 1 of 1"
    for line in (by_weights, by_units):
        assert line.rpartition("; ")[2].split(", ") == FILES
    assert int(re.search(r"(\d+)% of the parameters left", by_units)[1]) <= most_left
