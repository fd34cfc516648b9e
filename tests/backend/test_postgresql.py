"""The suite of the API once more, on PostgreSQL: what is stored there has other rules."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.postgresql import find_binaries, postgresql

# What stores, lists, searches and removes; what does not look into a database says the same.
SUITE = (
    "test_api.py",
    "test_comments.py",
    "test_dashboards.py",
    "test_limits.py",
    "test_queue.py",
    "test_run_list.py",
    "test_shares.py",
    "test_store.py",
)
_REQUIRED = "PRUNELAB_REQUIRE_POSTGRESQL"


@pytest.mark.timeout(400)
def test_the_suite_of_the_api_passes_on_postgresql(tmp_path: Path):
    if find_binaries() is None:
        reason = "PostgreSQL is not installed: on Debian it is the package postgresql"
        if os.environ.get(_REQUIRED) == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    files = [str(Path(__file__).with_name(name)) for name in SUITE]
    options = ["-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'again'}"]
    # Not where pytest's folders are, which only their owner may enter.
    with TemporaryDirectory() as folder, postgresql(Path(folder)) as address:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *files],
            env={**os.environ, "PRUNELAB_TEST_DATABASES": address},
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
