"""What the settings add to the registries: data directories, and models of the user's own."""

from __future__ import annotations

from backend.settings import Settings
from pruning.data.places import look_in
from pruning.models.files import register_file


def prepare(settings: Settings) -> None:
    """Tell the registries of this process where to look.

    Raises
    ------
    pruning.models.files.ModelFileError
        If the file of models cannot be used.
    """
    look_in(settings.data_dir, *settings.shared)
    if settings.models:
        register_file(settings.models)
