"""Masks, and what they leave of images, as pictures; each is a frame at its epoch."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pruning.data.image_base import ImageDataset
from pruning.evaluation.batches import ImageSet
from pruning.events import Array, Frame
from pruning.experiments.input_selection.config import Kind
from pruning.experiments.input_selection.pictured import EXAMPLES, INSTANCES, classes_abreast
from pruning.inputs.selection import Selection
from pruning.structure.hooks import evaluating

# Means are over so many test images, and over so many for each class where that is more.
MEAN_OVER, MEAN_OVER_EACH = 500, 20
# What is not sent, as the paper draws it [oehmcke2022]_: of grey images dark yellow; of coloured
# ones grey where no channel is sent.
DARK_YELLOW, GREY = (139, 117, 0), (128, 128, 128)
# Between pictures, and where there is none.
LINE = 90

Picture = npt.NDArray[np.uint8]


@torch.inference_mode()
def pictures(
    kind: Kind, selection: Selection, images: ImageSet, dataset: ImageDataset, epoch: int
) -> Iterator[Frame]:
    """The mask, what is sent of six images and, of a dynamic mask, how often by class."""
    classes = len(dataset.classes)
    most = max(MEAN_OVER, MEAN_OVER_EACH * classes)
    x, y = images.batch(slice(0, most if kind == "dynamic" else EXAMPLES))
    sent, kept = _plain(selection, x)
    yield _frame(f"mask/{kind}", _visible(kept.mean(0)), epoch)
    pixels = images.x[:EXAMPLES, : dataset.shape[0]].cpu()
    seen = _pixels(sent[:EXAMPLES], dataset.mean, dataset.sd)
    masks = kept.expand(len(seen), -1, -1, -1) if len(kept) == 1 else kept[:EXAMPLES]
    yield _frame(f"examples/{kind}", _examples(pixels, seen, masks), epoch)
    if kind == "dynamic":
        single = [_visible(one) for one in kept[:INSTANCES]]
        yield _frame(f"instances/{kind}", grid(single, INSTANCES), epoch)
        by_image = kept.mean(1).expand(len(y), -1, -1)
        often = _classes(by_image, y.cpu(), classes)
        labels = Array.of(np.arange(classes), "u2")
        yield _frame(f"classes/{kind}", often, epoch, {"class": labels})


def what_is_left(
    selection: Selection, x: Tensor, mean: Sequence[float], sd: Sequence[float]
) -> Picture:
    """What is sent of one image, in colours, shape ``(height, width, 3)``.

    Parameters
    ----------
    x
        Normalised by ``mean`` and ``sd``, with its versions: shape ``(1, …, height, width)``.
    """
    sent, kept = _plain(selection, x)
    return _left(_pixels(sent, mean, sd)[0], kept[0])


def _plain(selection: Selection, x: Tensor) -> tuple[Tensor, Tensor]:
    """What is left of images, and the mask: upscaling is for the network, not for the eye."""
    plain = copy.copy(selection)
    plain.upscaling = False
    with evaluating(plain):
        selected = plain(x)
    return selected.images.cpu(), selected.kept.float().cpu()


def _frame(
    name: str, picture: Picture, epoch: int, beside: Mapping[str, Array] | None = None
) -> Frame:
    arrays = {"image": Array.of(picture, "u1"), **(beside or {})}
    return Frame(name=name, at=epoch, arrays=arrays)


def _examples(pixels: Tensor, seen: Tensor, masks: Tensor) -> Picture:
    """The images above, and below them what is sent."""
    whole = [coloured(one) for one in pixels]
    left = [_left(one, mask) for one, mask in zip(seen, masks, strict=True)]
    return grid([*whole, *left], len(whole))


def _classes(kept: Tensor, y: Tensor, classes: int) -> Picture:
    """The share of the images of each class of which a pixel is sent; a class without is dark."""
    often = [
        _visible(kept[y == label].mean(0)[None] if (y == label).any() else 0 * kept[:1])
        for label in range(classes)
    ]
    return grid(often, classes_abreast(classes))


def _pixels(images: Tensor, mean: Sequence[float], sd: Sequence[float]) -> Tensor:
    """Normalised images as values from 0 to 255."""
    scale, shift = (torch.tensor(part).view(-1, 1, 1) for part in (sd, mean))
    return ((images * scale + shift) * 255).round().clamp(0, 255).to(torch.uint8)


def _visible(mask: Tensor) -> Picture:
    """A mask, shape ``(c, height, width)``, as grey, or in colours where channels differ."""
    values = (mask * 255).round().to(torch.uint8).numpy()
    picture: Picture = values.transpose(1, 2, 0) if len(values) == 3 else values[0]
    return picture


def coloured(image: Tensor) -> Picture:
    """An image, shape ``(channels, height, width)``, in three colours."""
    values = image if len(image) == 3 else image.float().mean(0, keepdim=True).to(torch.uint8)
    picture: Picture = values.expand(3, -1, -1).permute(1, 2, 0).numpy().copy()
    return picture


def _left(image: Tensor, mask: Tensor) -> Picture:
    """What is sent: where nothing is, a colour of its own; where some channels are, these alone."""
    sent = mask.bool().expand(len(image), -1, -1)
    picture = coloured(torch.where(sent, image, 0))
    picture[~sent.any(0).numpy()] = DARK_YELLOW if len(image) == 1 else GREY
    return picture


def grid(pictures: Sequence[Picture], abreast: int) -> Picture:
    """Pictures of one size in rows, a line between them."""
    height, width, *colours = pictures[0].shape
    rows = math.ceil(len(pictures) / abreast)
    shape = (rows * (height + 1) - 1, abreast * (width + 1) - 1, *colours)
    grid: Picture = np.full(shape, LINE, np.uint8)
    for place, picture in enumerate(pictures):
        top, left = (height + 1) * (place // abreast), (width + 1) * (place % abreast)
        grid[top : top + height, left : left + width] = picture
    return grid
