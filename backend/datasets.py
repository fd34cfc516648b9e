"""Datasets of images as the API and the pages see them: list, import, picture, remove."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field
from starlette.concurrency import iterate_in_threadpool

from backend.problems import Problem, fault, not_found
from pruning.data.adding_points import DRAFT as POINTS_DRAFT
from pruning.data.archives import suffix_of
from pruning.data.image_base import ImageDataset, image_datasets
from pruning.data.importing import (
    DRAFT,
    ImportOptions,
    import_dataset,
    placed,
    placed_folder,
)
from pruning.data.limits import ImportRefusedError, in_mib
from pruning.data.names import free_name, plain_name
from pruning.data.own import PICTURE, folder_of, own_names, remove
from pruning.data.own_points import points_folder
from pruning.data.picture import drawn_path
from pruning.data.scaling import check_side
from pruning.events import Progress

log = logging.getLogger(__name__)

_WRITE_BYTES = 1 << 20
_LETTERS = 200
# What is so old was left by a process that was killed.
_LEFT_SECONDS = 24 * 3600
_UPLOAD = ".upload-"


class DatasetDescription(BaseModel):
    """A dataset of images; ``shape`` is channels, height, width."""

    name: str
    title: str
    description: str
    shape: tuple[int, int, int]
    classes: list[str]
    train_images: int | None
    test_images: int | None
    origin: Literal["built-in", "own"]
    at_hand: bool
    notes: list[str] = Field(
        [], description="What was left out or changed when it was imported, a sentence each."
    )


class Datasets:
    """The datasets of this installation.

    Parameters
    ----------
    data_dir
        The data directory.
    shared
        Folders with datasets that are only read.
    upload_bytes
        How large an uploaded file may be.
    """

    def __init__(self, data_dir: Path, shared: tuple[Path, ...], upload_bytes: int) -> None:
        self.upload_bytes = upload_bytes
        self.placed_folder = placed_folder(data_dir)
        self._data_dir = data_dir
        self._shared = shared
        # Each holds a whole dataset in memory.
        self._importing = asyncio.Lock()
        self._drawing = asyncio.Lock()

    def everything(self) -> list[DatasetDescription]:
        """All datasets, the built-in ones first."""
        return [self.describe(dataset) for dataset in image_datasets]

    def waiting(self) -> list[str]:
        """The files and folders that somebody put into the data directory to be imported."""
        return placed(self._data_dir)

    def describe(self, dataset: ImageDataset) -> DatasetDescription:
        """What is known of a dataset without loading it."""
        train, test = dataset.counts or (None, None)
        return DatasetDescription(
            name=dataset.name,
            title=dataset.title,
            description=dataset.description,
            shape=dataset.shape,
            classes=list(dataset.classes),
            train_images=train,
            test_images=test,
            origin="own" if dataset.name in own_names(self._data_dir) else "built-in",
            at_hand=dataset.at_hand(self._data_dir),
            notes=list(dataset.notes),
        )

    def check_upload(self, file: str, options: ImportOptions, size: int) -> None:
        """Refuse an upload by what is known before its first byte.

        Raises
        ------
        Problem
            413 if it is too large, 422 if a name or the side cannot be taken.
        """
        self.check_size(size)
        with _refusals("The upload"):
            if len(file) > _LETTERS or not file.isprintable() or {"/", "\\"} & set(file):
                raise ImportRefusedError("a file's name is plain, without folders")
            check_side(options.side, arrays=suffix_of(file) == ".npz")
            free_name(options.name or plain_name(file), self._data_dir)

    def check_size(self, size: int) -> None:
        """Raise a 413 if so many bytes are too many."""
        if size > self.upload_bytes:
            limit = in_mib(self.upload_bytes)
            raise Problem(
                413,
                "The file is too large",
                f"An upload has at most {limit}. Put a larger file into {self.placed_folder} and "
                "import it there.",
            )

    async def receive(self, file: str, body: AsyncIterator[bytes]) -> Path:
        """Write an upload to a folder of its own, which whoever imports it deletes."""
        with _refusals("The upload"):
            self._data_dir.mkdir(parents=True, exist_ok=True)
            target = Path(tempfile.mkdtemp(prefix=_UPLOAD, dir=self._data_dir)) / file
            try:
                await self._write(target, body)
            except BaseException:
                shutil.rmtree(target.parent)
                raise
        return target

    async def _write(self, target: Path, body: AsyncIterator[bytes]) -> None:
        with target.open("wb") as opened:
            waiting = bytearray()
            async for piece in body:
                waiting += piece
                self.check_size(opened.tell() + len(waiting))
                if len(waiting) >= _WRITE_BYTES:
                    await asyncio.to_thread(opened.write, waiting)
                    waiting = bytearray()
            opened.write(waiting)

    async def take(
        self, source: Path, options: ImportOptions
    ) -> AsyncIterator[Progress | DatasetDescription | Problem]:
        """Import a file or folder: how far it is, then the dataset or what is wrong."""
        try:
            yield Progress(done=0, total=1, message="Waiting for another import")
            async with self._importing:
                with closing(self._steps(source, options)) as steps:
                    async for step in iterate_in_threadpool(steps):
                        yield step
        except Problem as problem:
            yield problem
        except Exception:
            # The answer has begun: whoever reads it is told by its last line.
            log.exception("a fault while %s was imported", source.name)
            yield fault()

    async def take_upload(
        self, source: Path, options: ImportOptions
    ) -> AsyncIterator[Progress | DatasetDescription | Problem]:
        """Import what :meth:`receive` has written, and delete it."""
        try:
            async for step in self.take(source, options):
                yield step
        finally:
            shutil.rmtree(source.parent)

    def _steps(
        self, source: Path, options: ImportOptions
    ) -> Generator[Progress | DatasetDescription, None, None]:
        with _refusals(source.name):
            dataset = yield from import_dataset(source, self._data_dir, *options)
            yield self.describe(dataset)

    def find_placed(self, file: str) -> Path:
        """A file or folder that waits; a 404 if there is none of that name."""
        if file not in self.waiting():
            raise not_found(f"file {file!r} in {self.placed_folder} that could be imported")
        return self.placed_folder / file

    def remove(self, name: str) -> None:
        """Delete an imported dataset; a 404 or 409 for what is none."""
        if name in own_names(self._data_dir):
            remove(name, self._data_dir)
        elif name in image_datasets.names():
            raise Problem(409, "It cannot be removed", f"{name} is a built-in dataset.")
        else:
            raise not_found(f"dataset {name!r}")

    async def picture(self, name: str) -> Path:
        """A picture of a few images, as a PNG; a 404 where the images are not at hand."""
        dataset = next((each for each in image_datasets if each.name == name), None)
        if dataset is None:
            raise not_found(f"dataset {name!r}")
        if name in own_names(self._data_dir):
            return folder_of(self._data_dir) / name / PICTURE
        path = drawn_path(name, self._data_dir)
        async with self._drawing:
            if not path.is_file():
                if not dataset.at_hand(self._data_dir):
                    raise not_found(f"picture of {name!r} before it was downloaded")
                await self._draw(name)
        return path

    async def _draw(self, name: str) -> None:
        """Draw in a process of its own: what loads the images has no place in this one."""
        folders = map(str, (self._data_dir, *self._shared))
        command = (sys.executable, "-m", "pruning.data.picture", name, *folders)
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        _, said = await process.communicate()
        if process.returncode:
            log.warning("cannot draw a picture of %s: %s", name, said.decode(errors="replace"))
            raise not_found(f"picture of {name!r}: its images cannot be read")

    def tidy(self) -> None:
        """Delete what uploads and imports that were killed have left behind."""
        left = [
            *self._data_dir.glob(f"{_UPLOAD}*"),
            *folder_of(self._data_dir).glob(f"{DRAFT}*"),
            *points_folder(self._data_dir).glob(f"{POINTS_DRAFT}*"),
        ]
        for folder in left:
            if time.time() - folder.stat().st_mtime > _LEFT_SECONDS:
                shutil.rmtree(folder)


@contextmanager
def _refusals(what: str) -> Iterator[None]:
    """Turn what stands in the way of an import into a problem."""
    try:
        yield
    except ImportRefusedError as error:
        raise Problem(422, "It cannot be imported", f"{what}: {error}.") from error
    except OSError as error:
        log.exception("cannot import %s", what)
        detail = f"The data directory cannot be written ({error.strerror})."
        raise Problem(507, "It cannot be kept", detail) from error
