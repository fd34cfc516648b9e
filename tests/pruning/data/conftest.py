"""A data directory of its own for every test, and the real MNIST where it is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pruning.data.places import look_in

SHARED = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    look_in(folder)
    yield folder
    # What comes after must not find datasets of this test.
    look_in(tmp_path / "nowhere")


@pytest.fixture
def shared_data() -> Path:
    if not (SHARED / "MNIST" / "raw").is_dir():
        pytest.skip(f"there is no MNIST in {SHARED}")
    return SHARED
