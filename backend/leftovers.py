"""What killed workers have left on this machine."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from backend.settings import Settings
from backend.store.repository import Repository
from pruning.events import TERMINAL
from pruning.whole_files import DRAFT

log = logging.getLogger(__name__)

# Nobody takes so long to write one file.
_WRITTEN_SECONDS = 3600.0


def tidy_home(settings: Settings, repository: Repository) -> None:
    """Remove what nobody needs any more: scratch of runs that have ended, half-written files.

    A worker does so itself at a run's end; one that was killed did not, nor did one whose run was
    ended by another process, maybe on another machine.
    """
    for folder in (*_scratch(settings, repository), *_drafts(settings.data_dir)):
        log.info("removing %s, which was left behind", folder)
        shutil.rmtree(folder, ignore_errors=True)


def _scratch(settings: Settings, repository: Repository) -> Iterator[Path]:
    folder = settings.scratch("any").parent
    for place in folder.iterdir() if folder.is_dir() else ():
        row = repository.get(place.name)
        if row is None or row.status in TERMINAL:
            yield place


def _drafts(data_dir: Path) -> Iterator[Path]:
    for place in data_dir.glob(f"*/{DRAFT}*"):
        if time.time() - place.stat().st_mtime > _WRITTEN_SECONDS:
            yield place
