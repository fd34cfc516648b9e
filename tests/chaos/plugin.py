"""An experiment that ends its own process, as short memory or a fault in C would."""

from __future__ import annotations

from pathlib import Path

KILLS_ITSELF = "kills_itself"

_SOURCE = '''
"""An experiment whose every attempt ends its process."""

import os
import signal
from typing import Literal

from pruning.events import Progress
from pruning.experiments.base import ExperimentConfig, experiment
from pruning.experiments.outputs import Outputs


class Config(ExperimentConfig):
    """After how many steps."""

    steps: Literal[1, 2, 3] = 2


@experiment(
    "kills_itself",
    title="Kills itself",
    description="Ends its process in the middle of a run.",
    queue="interactive",
    config=Config,
    outputs=Outputs(),
)
def kills_itself(config, context):
    """Say a little, then end."""
    for step in range(config.steps):
        yield Progress(done=step, total=config.steps)
    os.kill(os.getpid(), signal.SIGKILL)
'''


def install(folder: Path) -> Path:
    """Put the package where a process finds it that has the folder in its path: as pip would."""
    about = folder / "kills_itself-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: kills-itself\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[prunelab.experiments]\nkills_itself = kills_itself\n")
    (folder / "kills_itself.py").write_text(_SOURCE)
    return folder
