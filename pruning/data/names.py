"""The names of datasets: made of files' names, and free to be given."""

from __future__ import annotations

import re
from itertools import chain, count
from pathlib import Path

from pruning.data.archives import SUFFIXES, suffix_of
from pruning.data.base import datasets
from pruning.data.image_base import image_datasets
from pruning.data.limits import NAME_LENGTH, ImportRefusedError
from pruning.data.own import own_names
from pruning.data.own_points import own_points_names

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_LONGEST = 40
# For a number behind it.
_ROOM = 6
_TABLES = (".csv", ".tsv", ".txt")


def plain_name(name: str) -> str:
    """A dataset's name made of a file's: ``My Flowers.tar.gz`` becomes ``my-flowers``."""
    stem = name.lower()
    if stem.endswith(SUFFIXES):
        stem = stem.removesuffix(suffix_of(stem))
    elif stem.endswith(_TABLES):
        stem = stem[: -len(_TABLES[0])]
    return re.sub(r"[^a-z0-9_]+", "-", stem).strip("-_")[:_LONGEST] or "dataset"


def free_name(name: str, data_dir: Path) -> str:
    """``name``, if a new dataset may have it, of images or of points.

    Raises
    ------
    ImportRefusedError
        If it is taken, or more than small letters, digits, ``-`` and ``_``.
    """
    if not _NAME.fullmatch(name):
        raise ImportRefusedError(
            f"{name!r} cannot be a name; take up to {_LONGEST} small letters, digits, - and _, the "
            "first a letter or a digit"
        )
    if name in _own(data_dir):
        raise ImportRefusedError(f"there is a dataset {name} already; delete it or choose another")
    if name in _registered():
        raise ImportRefusedError(f"{name} is the name of a built-in dataset; choose another")
    return name


def made_name(wanted: str, data_dir: Path) -> str:
    """A free name made of words: ``two-rings``, or ``two-rings-2`` where that is taken."""
    stem = plain_name(wanted)
    counted = (f"{stem[: _LONGEST - _ROOM]}-{number}" for number in count(2))
    taken = {*_own(data_dir), *_registered()}
    return next(name for name in chain([stem], counted) if name not in taken)


def _own(data_dir: Path) -> list[str]:
    return [*own_names(data_dir), *own_points_names(data_dir)]


def _registered() -> list[str]:
    return [*image_datasets.names(), *datasets.names()]


def plain_title(title: str) -> str:
    """A title without space around it.

    Raises
    ------
    ImportRefusedError
        If it is empty, too long, or cannot be shown.
    """
    if len(title) > NAME_LENGTH or not title.isprintable() or not title.strip():
        raise ImportRefusedError(f"a title has 1 to {NAME_LENGTH} letters that can be shown")
    return title.strip()
