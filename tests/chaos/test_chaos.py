"""A short form of `make chaos`: whatever dies on the way, each run ends once, as if nothing had."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.harness import CHANCES, chaos


@pytest.mark.timeout(400)
def test_runs_end_once_and_whole_while_what_they_need_is_killed(tmp_path: Path):
    some = ("toy", "toy_study", "sweep")
    report = chaos(tmp_path, 6, 0, each=tuple(CHANCES), experiments=some, patience=250)
    assert not report.wrong, str(report)
    assert report.kills == dict.fromkeys(CHANCES, 1), str(report)
    assert report.share_done == 1, str(report)
