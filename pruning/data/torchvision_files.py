"""The datasets of torchvision: from files in its layout, or downloaded from where it says."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pruning.data.download import DownloadError, Remote, fetch
from pruning.data.image_base import Classes, Images, MissingDataError, Pixels, UnreadableDataError
from pruning.data.places import folders
from pruning.events import Progress

# A class of torchvision.datasets, which knows where its files are to be had.
Kind = Any


@dataclass(frozen=True)
class TorchvisionFiles:
    """Files of one of torchvision's datasets.

    Attributes
    ----------
    kind
        The name of its class in ``torchvision.datasets``.
    files
        Their paths in torchvision's layout, below a data directory.
    train, test
        The arguments that choose the set.
    labels
        The attribute that holds the classes.
    remotes
        ``remotes(kind)`` lists what has to be downloaded.
    shape
        Of one image: channels, height, width.
    """

    kind: str
    files: tuple[str, ...]
    remotes: Callable[[Kind], list[Remote]]
    shape: tuple[int, int, int]
    train: tuple[str, Any] = ("train", True)
    test: tuple[str, Any] = ("train", False)
    labels: str = "targets"

    def at_hand(self, data_dir: Path) -> bool:
        """Whether all files are there, in the data directory or a shared folder."""
        return self._folder(data_dir) is not None

    def load(self, data_dir: Path) -> Generator[Progress, None, Images]:
        """Read the images, after a download if they are not there.

        Raises
        ------
        MissingDataError
            If they are not there and cannot be downloaded.
        UnreadableDataError
            If they are there but damaged.
        """
        folder = self._folder(data_dir)
        if folder is None:
            return (yield from self._fetched(data_dir))
        yield Progress(done=0, total=1, message=f"Reading {self.kind}")
        return self._read(folder)

    def _folder(self, data_dir: Path) -> Path | None:
        for folder in folders(data_dir):
            if all((folder / file).is_file() for file in self.files):
                return folder
        return None

    def _fetched(self, data_dir: Path) -> Generator[Progress, None, Images]:
        """Download to a folder aside, so that what is cut off leaves nothing behind."""
        yield Progress(done=0, total=1, message=f"Looking for {self.kind}")
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".download-", dir=data_dir) as aside:
                yield from self._download(Path(aside), data_dir)
                yield Progress(done=0, total=1, message=f"Unpacking {self.kind}")
                images = self._read(Path(aside), download=True)
                for file in self.files:
                    (data_dir / file).parent.mkdir(parents=True, exist_ok=True)
                    (Path(aside) / file).replace(data_dir / file)
            return images
        except (DownloadError, OSError) as error:
            raise MissingDataError(
                f"{self.kind} is not in {data_dir} and cannot be downloaded ({error}). Put its "
                f"files there as torchvision names them ({', '.join(self.files)}), or choose the "
                "dataset digits, which works offline."
            ) from error

    def _download(self, aside: Path, data_dir: Path) -> Iterator[Progress]:
        for remote in self.remotes(self._class()):
            yield from fetch(remote, aside, folders(data_dir))

    def _class(self) -> Kind:
        from pruning.vision import torchvision

        return getattr(torchvision.datasets, self.kind)

    def _read(self, folder: Path, *, download: bool = False) -> Images:
        """The images of both sets; ``download`` has torchvision unpack what was downloaded."""
        kind = self._class()
        try:
            train, test = (
                self._arrays(kind(folder, download=download, **dict([which])))
                for which in (self.train, self.test)
            )
        except Exception as error:
            # torchvision has no error of its own for files that are not what they should be: from
            # an index out of range to a failed assertion, anything can come.
            raise UnreadableDataError(
                f"the files of {self.kind} in {folder} are damaged; delete them to have them "
                f"downloaded again ({error})"
            ) from error
        return Images(*train, *test)

    def _arrays(self, each: Any) -> tuple[Pixels, Classes]:
        x, y = np.asarray(each.data), np.asarray(getattr(each, self.labels), np.int64)
        if x.ndim == 3:
            x = x[:, None]
        elif x.shape[1:] != self.shape:
            x = x.transpose(0, 3, 1, 2)
        if x.shape != (len(y), *self.shape) or x.dtype != np.uint8 or not set(y) <= set(range(10)):
            raise ValueError(f"images {x.shape} of type {x.dtype}, classes {y.shape}")
        return np.ascontiguousarray(x), y


def packed_idx(folder: str) -> Callable[[Kind], list[Remote]]:
    """What the datasets in MNIST's format download."""

    def remotes(kind: Kind) -> list[Remote]:
        return [
            Remote(f"{folder}/raw/{name}", tuple(mirror + name for mirror in kind.mirrors), md5)
            for name, md5 in kind.resources
        ]

    return remotes


def one_archive(kind: Kind) -> list[Remote]:
    """What CIFAR-10 downloads."""
    return [Remote(kind.filename, (kind.url,), kind.tgz_md5)]


def file_per_set(kind: Kind) -> list[Remote]:
    """What SVHN downloads; its third set, `extra`, is left where it is."""
    found = (kind.split_list[name] for name in ("train", "test"))
    return [Remote(name, (url,), md5) for url, name, md5 in found]
