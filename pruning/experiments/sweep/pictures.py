"""What a pruned network looks like: histograms, filters, confusion, images that flip.

Each is a frame at the sparsity that was asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from pruning.data.image_base import Classes, Pixels
from pruning.events import Array, Frame
from pruning.masks.applying import ParameterMasks
from pruning.structure.units import layers_of

WEIGHT_BINS = 300
UNIT_BINS = 100
MOST_FILTERS = 36
NO_FILTERS = (
    "The filters of the first layer are not drawn: it does not look at the pixels of an image."
)
MOST_FLIPS = 24
FLIPS_ABREAST = 6
# A filter of a few pixels is drawn larger, or the lines between them would be as wide.
FILTER_PIXELS = 8
_GAP = 255
_FADED = 40

Picture = npt.NDArray[np.uint8]


def histograms(
    arm: str, network: nn.Module, at: float, highest: Mapping[str, tuple[float, float]]
) -> Iterator[Frame]:
    """How large the weights of each layer that are not zero are, and its units' L2 norms.

    Parameters
    ----------
    highest
        By the layer's name, where the bins of weights and of norms end: those of the dense
        network (:func:`largest`), so that all places of the slider share them.
    """
    for name, layer in layers_of(network).items():
        weight = layer.weight.detach().cpu()
        values = weight.abs()[weight != 0]
        norms = weight.flatten(1).norm(dim=1)
        most_weight, most_norm = highest[name]
        yield _histogram(f"weights/{arm}/{name}", at, values, WEIGHT_BINS, most_weight)
        yield _histogram(f"units/{arm}/{name}", at, norms[norms > 0], UNIT_BINS, most_norm)


def largest(network: nn.Module) -> dict[str, tuple[float, float]]:
    """By the layer's name its largest |w| and its largest L2 norm of a unit."""
    return {
        name: (
            float(layer.weight.detach().abs().max()),
            float(layer.weight.detach().flatten(1).norm(dim=1).max()),
        )
        for name, layer in layers_of(network).items()
    }


def _histogram(name: str, at: float, values: Tensor, bins: int, most: float) -> Frame:
    edges = np.linspace(0, most or 1, bins + 1)
    # A network that was trained further may have larger values: they count in the last bin.
    counts, _ = np.histogram(np.clip(values.numpy(), 0, edges[-1]), edges)
    centres = (edges[:-1] + edges[1:]) / 2
    return Frame(
        name=name, at=at, arrays={"x": Array.of(centres, "f4"), "y": Array.of(counts, "u4")}
    )


def has_filters(network: nn.Module, shape: tuple[int, int, int]) -> bool:
    """Whether the first layer's weights can be looked at: convolutions, or weights of an image."""
    weight = next(iter(layers_of(network).values())).weight
    return weight.dim() > 2 or weight[0].numel() == math.prod(shape)


def filters(
    arm: str, network: nn.Module, masks: ParameterMasks, shape: tuple[int, int, int], at: float
) -> Frame:
    """The first layer's filters in a grid, each on its own scale; what is gone has faded.

    Parameters
    ----------
    masks
        What is gone of ``network``, whose weights are those before they were set to zero.
    shape
        Of one image: a dense layer's weights are drawn as images of it.
    """
    name, layer = next(iter(layers_of(network).items()))
    weight = layer.weight.detach().cpu()[:MOST_FILTERS]
    stays = masks.get(f"{name}.weight")
    kept = torch.ones_like(weight) if stays is None else stays.cpu()[:MOST_FILTERS].float()
    drawn = [_filter(w, k, shape) for w, k in zip(weight, kept, strict=True)]
    return _image(f"filters/{arm}", at, _grid(drawn, math.ceil(math.sqrt(len(drawn)))))


def _filter(weight: Tensor, kept: Tensor, shape: tuple[int, int, int]) -> Picture:
    """One filter: grey is zero, lighter and darker are above and below; colours if it has three."""
    pictured = weight.view(shape) if weight.dim() == 1 else weight
    shown = kept.view(shape) if kept.dim() == 1 else kept
    scale = float(pictured.abs().max()) or 1.0
    # What is gone keeps its outline, faint: one sees what has been lost.
    faded = pictured / scale * (_FADED / 127 + (1 - _FADED / 127) * shown)
    return _visible(np.rint(127.5 + 127.5 * faded.numpy()).astype(np.uint8))


def confusion(arm: str, truth: Classes, predicted: Classes, classes: int, at: float) -> Frame:
    """How many test images of each class (rows) are taken for each class (columns)."""
    counts = np.bincount(truth * classes + predicted, minlength=classes**2)
    table = counts.reshape(classes, classes)
    return Frame(name=f"confusion/{arm}", at=at, arrays={"counts": Array.of(table, "u4")})


def flips(
    arm: str, images: Pixels, truth: Classes, before: Classes, after: Classes, at: float
) -> Frame:
    """The first test images that the dense network knew and the pruned one does not."""
    places = np.flatnonzero((before == truth) & (after != truth))[:MOST_FLIPS]
    frame = _image(f"flips/{arm}", at, _grid([_visible(images[i]) for i in places], FLIPS_ABREAST))
    said = {"true": truth, "before": before, "after": after}
    arrays = {name: Array.of(values[places], "i2") for name, values in said.items()}
    return frame.model_copy(update={"arrays": {**frame.arrays, **arrays}})


def _visible(image: Pixels) -> Picture:
    """An image ``(channels, height, width)`` for the eye: in colours, or the mean as grey."""
    if len(image) == 3:
        coloured: Picture = image.transpose(1, 2, 0)
        return coloured
    grey: Picture = image.astype(np.float32).mean(axis=0).astype(np.uint8)
    return grey


def _grid(pictures: list[Picture], abreast: int) -> Picture:
    """Pictures of one size in rows, a light line between them."""
    if not pictures:
        return np.zeros((0, 0), np.uint8)
    times = max(1, FILTER_PIXELS // pictures[0].shape[0])
    height, width = (times * side + 1 for side in pictures[0].shape[:2])
    rows = math.ceil(len(pictures) / abreast)
    size = (rows * height - 1, abreast * width - 1, *pictures[0].shape[2:])
    grid = np.full(size, _GAP, np.uint8)
    for place, picture in enumerate(pictures):
        top, left = height * (place // abreast), width * (place % abreast)
        enlarged = picture.repeat(times, axis=0).repeat(times, axis=1)
        grid[top : top + height - 1, left : left + width - 1] = enlarged
    return grid


def _image(name: str, at: float, picture: Picture) -> Frame:
    return Frame(name=name, at=at, arrays={"image": Array.of(picture, "u1")})
