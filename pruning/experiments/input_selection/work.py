"""How much an input selection has to do; importable without torch."""

from __future__ import annotations

from math import ceil, log2, prod, sqrt

from pruning.data.image_base import image_datasets
from pruning.estimates.work import Here, Work
from pruning.experiments.images.work import ImageWork
from pruning.experiments.input_selection.config import LEARNED, InputSelectionConfig, Kind
from pruning.experiments.input_selection.pictured import pictured_epochs
from pruning.inputs.granularity import parse_granularity

# Trees of all random forests (pruning.inputs.importance).
_TREES = 1000
# Multiply-adds of heads that are convolutions, for each pixel that they see; about, of others it is
# counted. What attention takes grows with the square of the pixels.
_PER_PIXEL = {"conv": 10, "convatt": 200, "smallconvatt": 150, "convnet": 2000, "unet": 3000}


def work(config: InputSelectionConfig, here: Here) -> Work:
    """Networks on whole images, and then one behind each kind of mask, for every repeat."""
    images, seeds = ImageWork.of(config, here), len(config.seeds)
    total = images.loading()
    if config.use_warmup_net and set(config.kinds) & set(LEARNED):
        for seed in config.seeds:
            total += images.dense(seed)
    if "given" in config.kinds and not config.importances:
        total += _forests(config, images)
    if config.has_versions:
        every = images.trained + images.held_out + images.test
        total += Work({"version": every * _versions(config)}) * seeds
    for kind in config.kinds:
        total += _masked(config, images, kind) * seeds + _pictures(config, images, kind)
    return total


def _masked(config: InputSelectionConfig, images: ImageWork, kind: Kind) -> Work:
    """A training behind a mask."""
    shape = image_datasets[config.dataset].shape
    every = images.trained + images.held_out + images.test
    steps = ceil(images.trained / config.batch_size) * config.epochs
    versions = _versions(config) + 1 if kind in LEARNED else 1
    masked = Work(
        {
            "masked step": steps,
            "masked value": config.epochs * every * prod(shape) * versions,
        }
    )
    if kind == "dynamic":
        masked += Work({"head step": steps, "head": config.epochs * every * _head(config)})
    return images.training(config.epochs) + masked


def _head(config: InputSelectionConfig) -> float:
    """Multiply-adds of the small network for one image."""
    channels, height, width = image_datasets[config.dataset].shape
    side = config.head_size
    pixels = side * side if side else height * width
    elements = prod(parse_granularity(config.granularity).elements((channels, height, width)))
    match config.head:
        case "linear":
            return pixels * channels * elements
        case "mlp":
            return 8 * (pixels * channels + elements)
        case "att":
            return 2 * pixels * pixels * channels
        case name:
            return _PER_PIXEL[name] * pixels


def _pictures(config: InputSelectionConfig, images: ImageWork, kind: Kind) -> Work:
    """What is drawn of the first repeat: what is left of images of every class."""
    drawn = len(pictured_epochs(config.epochs))
    if kind != "dynamic":
        return Work({"mask picture": drawn})
    seen = images.evaluation() + Work({"head": images.test * _head(config)})
    return Work({"mask picture": drawn}) + seen * (drawn / 4)


def _forests(config: InputSelectionConfig, images: ImageWork) -> Work:
    """Random forests: each tree splits its images by some of the inputs, again and again."""
    count, inputs = images.trained, prod(image_datasets[config.dataset].shape)
    return Work({"tree": _TREES, "tree split": _TREES * count * log2(count + 2) * sqrt(inputs)})


def _versions(config: InputSelectionConfig) -> int:
    """How many versions an image has besides itself."""
    return (len(config.thumbnails) + 1) * (len(config.jpeg_qualities) + 1) - 1
