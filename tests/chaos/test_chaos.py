"""A short form of `make chaos`: whatever dies on the way, each run ends once, as if nothing had."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.harness import chaos


@pytest.mark.timeout(240)
def test_runs_end_once_and_whole_while_what_they_need_is_killed(tmp_path: Path):
    report = chaos(
        tmp_path, 12, 0, times=0.5, experiments=("toy", "toy_study", "sweep"), patience=150
    )
    assert not report.wrong, str(report)
    assert sum(report.kills.values()) > 0, str(report)
    assert report.share_done >= 0.5, str(report)
