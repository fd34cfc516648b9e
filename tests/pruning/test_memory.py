"""Memory that is freed stays with the process."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys, torch
from pruning.memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()

def faults() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def step() -> None:
    arrays = [torch.ones(1 << 19) for _ in range(8)]

for _ in range(3):
    step()
before = faults()
for _ in range(20):
    step()
print(faults() - before)
"""


def faults(how: str) -> int:
    command = [sys.executable, "-c", FAULTS, how]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries do as they like")
def test_arrays_that_come_and_go_cost_no_page_faults():
    # How many there are depends on the size of the system's pages.
    kept = faults("kept")
    assert kept < 100
    assert faults("given back") > 4 * kept + 100
