"""What every dataset of images has to show, a plug-in's too."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pruning.data.image_base import ImageDataset
from tests.pruning.data.crafted import finish


def check_image_dataset(dataset: ImageDataset, data_dir: Path) -> None:
    """Check that the images are what the dataset says of them, whenever they are loaded."""
    assert dataset.title
    assert dataset.description.endswith(".")
    assert dataset.at_hand(data_dir)
    said, images = finish(dataset.load(data_dir))
    assert said, "say what is done before it is done"
    assert all(0 <= step.done <= step.total for step in said)
    channels = dataset.shape[0]
    for x, y in (images[:2], images[2:]):
        assert x.dtype == np.uint8
        assert x.shape == (len(y), *dataset.shape)
        assert x.flags.c_contiguous
        assert y.dtype == np.int64
        assert set(y.tolist()) <= set(range(len(dataset.classes)))
    assert len(set(images.y_train.tolist())) == len(dataset.classes) >= 2
    assert len(set(dataset.classes)) == len(dataset.classes)
    if dataset.counts is not None:
        assert dataset.counts == (len(images.x_train), len(images.x_test))

    values = images.x_train / 255
    np.testing.assert_allclose(values.mean((0, 2, 3)), dataset.mean, atol=2e-3)
    np.testing.assert_allclose(values.std((0, 2, 3)), dataset.sd, atol=4e-3)
    assert len(dataset.mean) == len(dataset.sd) == channels

    again = finish(dataset.load(data_dir))[1]
    assert all(map(np.array_equal, images, again))
