"""Where datasets are looked for: the data directory, and folders that are only read."""

from __future__ import annotations

from pathlib import Path

_folders: list[Path] = []


def look_in(data_dir: Path, *shared: Path) -> None:
    """Say once per process where datasets are.

    Parameters
    ----------
    data_dir
        The data directory: what is downloaded or imported goes there.
    shared
        Folders in torchvision's layout that others fill; nothing is written to them.
    """
    _folders[:] = [data_dir, *shared]


def data_directory() -> Path | None:
    """The data directory, if somebody has said which it is."""
    return _folders[0] if _folders else None


def folders(data_dir: Path) -> list[Path]:
    """Where to look, ``data_dir`` first."""
    return [data_dir, *_folders[1:]]
