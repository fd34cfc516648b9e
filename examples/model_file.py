"""A model of one's own, in a file: ``PRUNELAB_MODELS=examples/model_file.py prunelab up``.

It appears in every form that offers models, with what is said of it here.
"""

from collections import OrderedDict

from pruning.models.base import model


@model(
    "bottleneck",
    title="Bottleneck 64-8-64",
    description="Two wide layers with a narrow one between, which bears everything.",
    norms=False,
)
def bottleneck(shape, classes):
    """Build it for images of this shape: channels, height, width."""
    # Inside: the web server reads this file without torch.
    from torch import nn

    channels, height, width = shape
    layers = {
        "flatten": nn.Flatten(),
        "wide1": nn.Linear(channels * height * width, 64),
        "relu1": nn.ReLU(),
        "narrow": nn.Linear(64, 8),
        "relu2": nn.ReLU(),
        "wide2": nn.Linear(8, 64),
        "relu3": nn.ReLU(),
        "output": nn.Linear(64, classes),
    }
    return nn.Sequential(OrderedDict(layers))
