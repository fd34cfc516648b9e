"""Sending new images through a mask that was learned: what is left of them, and what it costs."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from torch import Tensor

from pruning.context import CannotRunError
from pruning.data.image_base import Pixels
from pruning.data.pictures import decode
from pruning.experiments.input_selection.config import LEARNED, InputSelectionConfig, Kind
from pruning.experiments.input_selection.description import (
    Checkpoint,
    SelectionDescription,
    choose,
    descriptions_in,
)
from pruning.experiments.input_selection.pictures import what_is_left
from pruning.experiments.input_selection.setup import learned_selection, versions_of
from pruning.inputs.granularity import parse_granularity
from pruning.inputs.ordered import OrderedMask
from pruning.inputs.selection import Selecting, Selection
from pruning.inputs.versions import mean_costs
from pruning.models.base import Shape, models
from pruning.tensor_files import read_tensors

# What is written beside the pictures.
TABLE = "sent.csv"


@dataclass(frozen=True)
class Sent:
    """What became of one image.

    Attributes
    ----------
    predicted
        The class that the network takes it for, and with which probability.
    q
        The share of it that is sent.
    bytes_sent, bytes_whole
        Of what is sent, and of all values as they are.
    picture
        The file with what is left of it.
    """

    image: str
    predicted: str
    probability: float
    q: float
    bytes_sent: int
    bytes_whole: int
    picture: str


@dataclass(frozen=True)
class SavedSelection:
    """A mask with the network behind it, as a run gave it away.

    Attributes
    ----------
    module
        Both, in eval mode.
    """

    described: SelectionDescription
    checkpoint: Checkpoint
    module: Selecting

    @classmethod
    def load(
        cls, folder: Path, kind: Kind, at: float | None = None, repeat: int | None = None
    ) -> SavedSelection:
        """Find a mask in the files of a run, and build it again; nothing is unpickled.

        Parameters
        ----------
        folder
            With the files that the run gave away.
        at
            Take the best checkpoint that sends at most this share; without it the best of all.
        repeat
            Of this one; without it of the best.

        Raises
        ------
        CannotRunError
            If there is none, with what there is.
        """
        known = descriptions_in(path.read_bytes() for path in sorted(folder.glob("*.json")))
        if not known:
            raise CannotRunError(
                f"{folder} holds no masks: name a run of input_selection, or its folder"
            )
        described, checkpoint = choose(known, kind, at, repeat)
        return cls(described, checkpoint, _built(folder, described, checkpoint))

    @property
    def words(self) -> str:
        """Which mask it is, and what it is worth."""
        checkpoint = self.checkpoint
        return (
            f"{self.described.kind} mask of repeat {self.described.repeat}, epoch "
            f"{checkpoint.epoch}: {100 * checkpoint.q:.1f} % sent, "
            f"{100 * checkpoint.accuracy:.1f} % right on test images"
        )

    def send(self, images: Sequence[Path], out: Path) -> Iterator[Sent]:
        """Send images, one after another; what is left of each is written into ``out``.

        Raises
        ------
        ImportRefusedError
            If a file is no image that can be read; the message says which.
        """
        out.mkdir(parents=True, exist_ok=True)
        for number, path in enumerate(images):
            pixels = fitted(path, self.described.shape)
            yield self._send(path, pixels, out / f"{number:04d}-{path.stem}.png")

    @torch.inference_mode()
    def _send(self, path: Path, pixels: Pixels, picture: Path) -> Sent:
        described, selection = self.described, self.module.selection
        x, selection.costs = self._versioned(pixels)
        repeated = len(x) // len(described.mean)
        mean, sd = (
            torch.tensor(part * repeated).view(-1, 1, 1) for part in (described.mean, described.sd)
        )
        batch = ((x.float() / 255 - mean) / sd)[None]
        selected = selection(batch)
        probabilities = self.module.network(selected.images).softmax(1)[0]
        best = int(probabilities.argmax())
        Image.fromarray(what_is_left(selection, batch, described.mean, described.sd)).save(picture)
        whole, q = pixels.size, float(selected.q[0])
        return Sent(
            path.name,
            described.classes[best],
            float(probabilities[best]),
            q,
            round(q * whole),
            whole,
            picture.name,
        )

    def _versioned(self, pixels: Pixels) -> tuple[Tensor, Tensor]:
        """An image with its versions, and what these take of this very image."""
        versions = versions_of(InputSelectionConfig.model_validate(self.described.config))
        if self.described.kind not in LEARNED or versions.shape == (1, 1):
            return torch.from_numpy(pixels), torch.ones(1, 1, dtype=torch.float64)
        ((made, costs),) = versions.of(pixels[None])
        return torch.from_numpy(made[0]), torch.from_numpy(mean_costs(costs))


def write_table(found: Sequence[Sent], path: Path) -> None:
    """What became of images, as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [each.name for each in fields(Sent)])
        writer.writeheader()
        writer.writerows(map(vars, found))


def _built(folder: Path, described: SelectionDescription, checkpoint: Checkpoint) -> Selecting:
    """Mask and network with the weights of a checkpoint, in eval mode."""
    config = InputSelectionConfig.model_validate(described.config)
    network = models[config.model].untrained(described.shape, len(described.classes), seed=0)
    if described.kind in LEARNED:
        costs = torch.tensor(described.costs, dtype=torch.float64)
        selection = learned_selection(
            config, described.kind, described.repeat, described.shape, costs
        )
    else:
        elements = parse_granularity(config.granularity).elements(described.shape)
        mask = OrderedMask.random(elements, described.shape, seed=0)
        selection = Selection(mask, upscaling=config.input_drop_upscaling)
    module = Selecting(selection, network)
    path = folder / f"{described.stem}.safetensors"
    try:
        tensors, _ = read_tensors(path, "cpu")
    except (OSError, SafetensorError) as error:
        raise CannotRunError(f"{path} cannot be read: {error}") from error
    prefix = checkpoint.key("")
    module.load_state_dict(
        {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
    )
    return module.eval()


def fitted(path: Path, shape: Shape) -> Pixels:
    """An image in the shape that a network takes, made smaller or larger where it has to be.

    Raises
    ------
    ImportRefusedError
        If it is no image that can be read.
    """
    channels, height, width = shape
    image = Image.fromarray(decode(PurePosixPath(path.name), path.read_bytes()))
    values = np.array(image.convert("L" if channels == 1 else "RGB").resize((width, height)))
    pixels: Pixels = values[None] if channels == 1 else values.transpose(2, 0, 1)
    return pixels
