"""What is known of the masks that a run gave away, and which of them is meant; without torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pruning.context import CannotRunError
from pruning.experiments.input_selection.config import Kind


class Checkpoint(BaseModel):
    """The best epoch of one interval of Q.

    Attributes
    ----------
    q_interval
        The upper end of the interval; its tensors are ``INTERVAL/NAME`` in the file.
    q
        The share of the input that is sent, of test images.
    accuracy, validation_accuracy
        On the test set, and on the images by which it was chosen; None where none were held out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    q_interval: float
    q: float
    accuracy: float
    validation_accuracy: float | None
    epoch: int

    def key(self, name: str) -> str:
        """What a tensor of mask or network is called in the file."""
        return f"{self.q_interval!r}/{name}"


class SelectionDescription(BaseModel):
    """What there is to know of a file of masks and networks: enough to build them again.

    Attributes
    ----------
    repeat
        Its seed.
    config
        The settings of the run.
    shape
        Of one image: channels, height, width.
    classes
        Their names, in the order of the outputs.
    mean, sd
        Per channel, on a scale from 0 to 1: images are normalised with them.
    costs
        What each version of an image takes as a share of the original, by thumbnail and quality.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["prunelab-selection-1"] = "prunelab-selection-1"
    kind: Kind
    repeat: int
    config: dict[str, Any]
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    costs: tuple[tuple[float, ...], ...]
    checkpoints: tuple[Checkpoint, ...]

    @property
    def stem(self) -> str:
        """What its files are called, up to their suffixes."""
        return stem_of(self.kind, self.repeat)


Chosen = tuple[SelectionDescription, Checkpoint]


def stem_of(kind: Kind, repeat: int) -> str:
    """What the files of a mask are called, up to their suffixes."""
    return f"{kind}-{repeat}"


def descriptions_in(texts: Iterable[bytes]) -> list[SelectionDescription]:
    """Those that are among some JSON files of a run, by repeats."""
    found = []
    for text in texts:
        # Other files of a run are JSON, too.
        with suppress(ValidationError):
            found.append(SelectionDescription.model_validate_json(text))
    return sorted(found, key=lambda each: each.repeat)


def choose(
    known: Sequence[SelectionDescription],
    kind: Kind,
    at: float | None = None,
    repeat: int | None = None,
) -> Chosen:
    """The best checkpoint of the masks that are meant.

    Parameters
    ----------
    at
        The best that sends at most this share; without it the best of all.
    repeat
        Of this one; without it of the best.

    Raises
    ------
    CannotRunError
        If there is none, with what there is.
    """
    candidates = [
        (each, checkpoint)
        for each in known
        if each.kind == kind and repeat in (None, each.repeat)
        for checkpoint in each.checkpoints
        if at is None or checkpoint.q <= at
    ]
    if not candidates:
        raise CannotRunError(_nothing(known, kind, at, repeat))
    return max(candidates, key=lambda pair: _chosen_by(pair[1]))


def _nothing(
    known: Sequence[SelectionDescription], kind: Kind, at: float | None, repeat: int | None
) -> str:
    """Why no mask can be had, with those that can."""
    mine = [each for each in known if each.kind == kind and repeat in (None, each.repeat)]
    if not mine:
        there = ", ".join(f"{each.kind} of repeat {each.repeat}" for each in known)
        return f"there is no such mask; there are {there}"
    least = min(checkpoint.q for each in mine for checkpoint in each.checkpoints)
    return f"none sends at most {100 * (at or 0):g} %; the least is {100 * least:.1f} %"


def _chosen_by(checkpoint: Checkpoint) -> float:
    held_out = checkpoint.validation_accuracy
    return checkpoint.accuracy if held_out is None else held_out
