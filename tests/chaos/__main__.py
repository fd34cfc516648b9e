"""`make chaos`: 200 short runs of every experiment under a rain of kills, with a report.

`make chaos ARGS='--runs 50 --seed 3'` has fewer runs, and other chances.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.configs import SHORT
from tests.chaos.harness import chaos


def main() -> int:
    """Do it; 1 if anything was lost, or too few runs were done or processes killed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=200)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--least-kills", type=int, default=20)
    asked.add_argument("--experiments", nargs="*", default=list(SHORT))
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = chaos(
            Path(folder), options.runs, options.seed, experiments=options.experiments, say=_say
        )
    _say(str(report))
    parts = min(report.kills[kind] for kind in ("web", "redis", "worker"))
    return int(bool(report.wrong) or report.share_done < 0.9 or parts < options.least_kills)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
