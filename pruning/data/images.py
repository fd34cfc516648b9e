"""The datasets of images that come with the program: one that is at hand, four of torchvision's.

Means and standard deviations are those of the training images.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np

from pruning.data.image_base import Images, image_dataset
from pruning.data.split import stratified
from pruning.data.torchvision_files import (
    TorchvisionFiles,
    file_per_set,
    one_archive,
    packed_idx,
)
from pruning.events import Progress
from pruning.randomness import numpy_generator

_DIGITS = tuple(map(str, range(10)))
_DIGITS_HELD_OUT = 360
# scikit-learn's digits count the dark ones of 4 × 4 pixels.
_DIGITS_DARKEST = 16


@image_dataset(
    "digits",
    title="Digits 8×8",
    description="scikit-learn's 1,797 handwritten digits, tiny and at hand without a network.",
    shape=(1, 8, 8),
    classes=_DIGITS,
    mean=(0.3050,),
    sd=(0.3757,),
    augmentation="crop",
    counts=(1437, _DIGITS_HELD_OUT),
    papers=("pedregosa2011",),
)
def digits(_: Path) -> Generator[Progress, None, Images]:
    """Read the digits; a stratified fifth, always the same, is the test set."""
    yield Progress(done=0, total=1, message="Reading digits")
    from sklearn.datasets import load_digits

    found = load_digits()
    x = np.rint(found.images[:, None] * (255 / _DIGITS_DARKEST)).astype(np.uint8)
    y = found.target.astype(np.int64)
    kept, held = stratified(y, _DIGITS_HELD_OUT, numpy_generator("test images of the digits"))
    return Images(x[kept], y[kept], x[held], y[held])


def _idx(folder: str) -> TorchvisionFiles:
    """Files in the format of MNIST (LeCun's IDX)."""
    names = [f"{s}-{k}-ubyte" for s in ("train", "t10k") for k in ("images-idx3", "labels-idx1")]
    files = tuple(f"{folder}/raw/{name}" for name in names)
    return TorchvisionFiles(folder, files, packed_idx(folder), (1, 28, 28))


MNIST = _idx("MNIST")
FASHION_MNIST = _idx("FashionMNIST")
CIFAR10 = TorchvisionFiles(
    "CIFAR10",
    tuple(
        f"cifar-10-batches-py/{name}"
        for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta")
    ),
    one_archive,
    (3, 32, 32),
)
SVHN = TorchvisionFiles(
    "SVHN",
    ("train_32x32.mat", "test_32x32.mat"),
    file_per_set,
    (3, 32, 32),
    ("split", "train"),
    ("split", "test"),
    "labels",
)

image_dataset(
    "mnist",
    title="MNIST",
    description="Handwritten digits, 28×28 grey (LeCun et al. 1998).",
    shape=MNIST.shape,
    classes=_DIGITS,
    mean=(0.1307,),
    sd=(0.3081,),
    augmentation="crop",
    counts=(60_000, 10_000),
    at_hand=MNIST.at_hand,
    papers=("lecun1998",),
)(MNIST.load)

image_dataset(
    "fashion_mnist",
    title="Fashion-MNIST",
    description="Photographs of clothes, 28×28 grey (Xiao et al. 2017).",
    shape=FASHION_MNIST.shape,
    classes=(
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    mean=(0.2860,),
    sd=(0.3530,),
    augmentation="crop_and_flip",
    counts=(60_000, 10_000),
    at_hand=FASHION_MNIST.at_hand,
    papers=("xiao2017",),
)(FASHION_MNIST.load)

image_dataset(
    "cifar10",
    title="CIFAR-10",
    description="Photographs of ten kinds of things, 32×32 in colour (Krizhevsky 2009).",
    shape=CIFAR10.shape,
    classes=(
        *("airplane", "automobile", "bird", "cat", "deer"),
        *("dog", "frog", "horse", "ship", "truck"),
    ),
    mean=(0.4914, 0.4822, 0.4465),
    sd=(0.2470, 0.2435, 0.2616),
    augmentation="crop_and_flip",
    counts=(50_000, 10_000),
    at_hand=CIFAR10.at_hand,
    papers=("krizhevsky2009",),
)(CIFAR10.load)

image_dataset(
    "svhn",
    title="SVHN",
    description="House numbers from street photographs, 32×32 in colour (Netzer et al. 2011).",
    shape=SVHN.shape,
    classes=_DIGITS,
    mean=(0.4377, 0.4438, 0.4728),
    sd=(0.1980, 0.2010, 0.1970),
    augmentation="crop",
    counts=(73_257, 26_032),
    at_hand=SVHN.at_hand,
    papers=("netzer2011",),
)(SVHN.load)
