"""Memory that is freed stays with the process."""

from __future__ import annotations

import os
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


# Told how large a piece has to be to be given back, glibc learns nothing, neither from us nor from
# what happens to be freed while torch is imported.
GIVEN_BACK = {"MALLOC_MMAP_THRESHOLD_": "131072"}


def faults(how: str, **environment: str) -> int:
    command = [sys.executable, "-c", FAULTS, how]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | environment
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries do as they like")
def test_arrays_that_come_and_go_cost_no_page_faults():
    # How many there are depends on the size of the system's pages.
    kept = faults("kept")
    assert kept < 100
    assert faults("given back", **GIVEN_BACK) > 4 * kept + 100
