"""What an experiment gets from its surroundings."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch

    # Tensors by their names, and words.
    Kept = tuple[dict[str, torch.Tensor], dict[str, str]]

Said = TypeVar("Said")
# ``files(owner, path)`` yields the bytes of a file, block after block.
Files = Callable[[str, str], Iterator[bytes]]


class CancelledError(Exception):
    """Somebody asked for the run to stop, and it has stopped."""


class CannotRunError(ValueError):
    """A run cannot be done as it was asked for; the message says what to change."""


def _never() -> bool:
    return False


def _no_files(owner: str, path: str) -> Iterator[bytes]:
    raise FileNotFoundError(f"there is no file {path} of {owner} here")


@dataclass(frozen=True)
class Context:
    """Where a run takes place.

    Attributes
    ----------
    data_dir
        A folder that outlives the run: data sets and trained networks are kept there.
    device
        A name that torch understands, such as ``cpu`` or ``cuda:0``.
    cancelled
        Whether somebody asked for the run to stop.
    artifacts
        A folder for the files that the run gives away, each named by an ``Artifact`` event;
        without one nothing is given away.
    scratch
        A folder that lasts as long as the run: an attempt after a crash finds there what the one
        before it had finished. Without one it starts over.
    files
        ``files(owner, path)`` yields the bytes of a file that another run gave away, or that was
        uploaded for this one; a FileNotFoundError if there is none.
    """

    data_dir: Path
    device: str = "cpu"
    cancelled: Callable[[], bool] = _never
    artifacts: Path | None = None
    scratch: Path | None = None
    files: Files = _no_files

    def check(self) -> None:
        """Raise :class:`CancelledError` if somebody asked for the run to stop.

        For work that takes long between two events.
        """
        if self.cancelled():
            raise CancelledError

    def once(
        self, name: str, make: Callable[[Path | None], Generator[Said, None, Kept]]
    ) -> Generator[Said, None, Kept]:
        """Make something unless an attempt before this one has, which finds it under ``name``.

        Parameters
        ----------
        make
            Is given a file that it may write its own checkpoints to, None where nothing lasts.
        """
        from pruning.tensor_files import read_tensors, write_tensors

        if self.scratch is None:
            return (yield from make(None))
        path = self.scratch / f"{name}.safetensors"
        if path.exists():
            return read_tensors(path, self.device)
        tensors, words = yield from make(self.scratch / f"{name}.part")
        write_tensors(path, tensors, words)
        return tensors, words

    def generator(self, purpose: str, *seed: int) -> torch.Generator:
        """A random generator for one purpose, on the CPU.

        Equal seeds give equal numbers anywhere, and no purpose repeats another's
        (:mod:`pruning.randomness`).
        """
        from pruning.randomness import torch_generator

        return torch_generator(purpose, *seed)
