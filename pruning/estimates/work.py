"""How much a configuration makes to do, counted before anything is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import sqrt
from pathlib import Path

from pruning.data.image_base import ImageDataset
from pruning.estimates.rates import RATES
from pruning.structure.described import Described, NetworkDescription, kept_description
from pruning.training.descriptions import kept_settings


class CannotCountError(ValueError):
    """How much there is to do is not known, and the message says why."""


class NotDescribedError(CannotCountError):
    """A network has to be described first."""

    def __init__(self, of: Described) -> None:
        super().__init__(f"{of.model} has not been described yet")
        self.of = of


@dataclass(frozen=True)
class Work:
    """Operations, counted by their kinds.

    Attributes
    ----------
    counts
        By the kind, one of :data:`pruning.estimates.rates.RATES`, how many.
    lanes
        How many parts of it can be worked on side by side.
    memory
        Bytes that one process needs at the least: what it holds is counted, not what libraries
        take for themselves. 0 where nobody has counted.
    """

    counts: Mapping[str, float] = field(default_factory=dict)
    lanes: int = 1
    memory: float = 0

    def __add__(self, other: Work) -> Work:
        """Both, one after the other."""
        kinds = {**self.counts, **other.counts}
        counts = {k: self.counts.get(k, 0) + other.counts.get(k, 0) for k in kinds}
        return Work(counts, max(self.lanes, other.lanes), max(self.memory, other.memory))

    def __mul__(self, times: float) -> Work:
        """The same, so many times."""
        counts = {kind: times * count for kind, count in self.counts.items()}
        return replace(self, counts=counts)

    @property
    def seconds(self) -> float:
        """What it takes in one process on the machine whose rates are kept."""
        return sum(RATES[kind] * count for kind, count in self.counts.items())

    def with_workers(self, workers: int) -> float:
        """The same where so many processes share the parts, and the cores.

        Two on two cores are not twice as fast: one alone uses both for much of what it does.
        """
        return self.seconds / sqrt(max(1, min(self.lanes, workers)))


@dataclass(frozen=True)
class Here:
    """What decides how much there is to do, besides the configuration: what is kept here.

    Attributes
    ----------
    before
        Count as kept what was kept before this moment; None: what is kept now.
    compiled
        Whether a run of the same experiment has compiled what it needs before.
    """

    data_dir: Path
    before: datetime | None = None
    compiled: bool = False

    def network(self, model: str, dataset: ImageDataset) -> NetworkDescription:
        """What a model is made of for the images of a dataset.

        Raises
        ------
        NotDescribedError
            If nobody has described it yet.
        """
        of = Described(model, dataset.shape, len(dataset.classes))
        found = kept_description(of, self.data_dir)
        if found is None:
            raise NotDescribedError(of)
        return found

    def has_trained(self, settings: str, snapshots: Collection[int] = ()) -> bool:
        """Whether there is a trained network of these :attr:`.NetworkSpec.settings`."""
        return kept_settings(self.data_dir, settings, snapshots, self.before)

    def has_file(self, path: Path) -> bool:
        """Whether a file was there by then."""
        if not path.exists():
            return False
        return self.before is None or path.stat().st_mtime < self.before.timestamp()
