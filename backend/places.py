"""The data directory, and what the settings add to the registries: data and models of one's own."""

from __future__ import annotations

from pathlib import Path

from backend.settings import Settings
from pruning.data.places import look_in
from pruning.models.files import register_file
from pruning.registry import load_registries


def make_home(home: Path) -> None:
    """Make the data directory for its owner alone; one that is there stays as it is."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)


def prepare(settings: Settings) -> None:
    """Tell the registries of this process where to look, and load them.

    Nothing is served or carried out before that: no request meets half a registry.

    Raises
    ------
    pruning.models.files.ModelFileError
        If the file of models cannot be used.
    """
    look_in(settings.data_dir, *settings.shared)
    if settings.models:
        register_file(settings.models)
    load_registries()
