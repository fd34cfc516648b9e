"""Files of importances as the API and the pages see them: list, keep, remove."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel

from backend.bodies import received
from backend.problems import Problem, not_found, sentence
from pruning.context import CannotRunError
from pruning.inputs.importance_files import (
    ImportanceFile,
    NameTakenError,
    check_size,
    checked_name,
    importance_files,
    keep_importances,
    remove_importances,
)

log = logging.getLogger(__name__)


class ImportancesDescription(BaseModel):
    """A file of importances; ``shape`` is height and width, or channels before these."""

    name: str
    shape: list[int]


class ImportancesFiles:
    """The files of importances of this installation.

    Parameters
    ----------
    data_dir
        The data directory.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def everything(self) -> list[ImportancesDescription]:
        """All of them, by their names."""
        return [_described(file) for file in importance_files(self._data_dir)]

    async def receive(self, name: str, size: int, body: AsyncIterator[bytes]) -> bytes:
        """Read an upload whose ``size`` was announced, unless it is refused before or on the way.

        Raises
        ------
        Problem
            413 if it is too large, 422 if its name cannot be taken.
        """
        with _refusals(name):
            checked_name(name)
        return await received(body, size, _check_size)

    def keep(self, name: str, content: bytes) -> ImportancesDescription:
        """Check a file and keep it; a 422 says what is wrong with it, a 409 that there is one."""
        with _refusals(name):
            return _described(keep_importances(content, name, self._data_dir))

    def remove(self, name: str) -> None:
        """Delete a file; a 404 if there is none of that name."""
        try:
            remove_importances(name, self._data_dir)
        except LookupError:
            raise not_found(f"file of importances {name!r}") from None


def _described(file: ImportanceFile) -> ImportancesDescription:
    return ImportancesDescription(name=file.name, shape=list(file.shape))


def _check_size(size: int) -> None:
    try:
        check_size(size)
    except CannotRunError as error:
        raise Problem(413, "The file is too large", sentence(error)) from None


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Turn what is wrong with a file into a problem."""
    try:
        yield
    except NameTakenError as error:
        raise Problem(409, "It is there already", sentence(error)) from error
    except CannotRunError as error:
        raise Problem(422, "It cannot be used", f"{name[:100]}: {error}.") from error
    except OSError as error:
        log.exception("cannot keep %s", name)
        detail = f"The data directory cannot be written ({error.strerror})."
        raise Problem(507, "It cannot be kept", detail) from error
