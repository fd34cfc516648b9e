"""What all heads have in common: what they see, how they start, and making one by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from torch import Tensor, nn
from torch.nn.functional import adaptive_max_pool2d
from torch.nn.init import xavier_normal_, zeros_

from pruning.context import CannotRunError
from pruning.inputs.heads import attention, convolutional, dense, residual, unet
from pruning.inputs.names import HeadName, Shape, Size, head_refusal
from pruning.randomness import torch_seed
from pruning.training.default_generators import DefaultGenerators

START = 0.001
"""The gain of the last layer's weights."""

_BUILDERS: dict[HeadName, Callable[[Shape, Shape], nn.Sequential]] = {
    "linear": dense.linear,
    "mlp": dense.mlp,
    "conv": convolutional.conv,
    "convatt": convolutional.convatt,
    "smallconvatt": convolutional.smallconvatt,
    "convnet": residual.convnet,
    "unet": unet.unet,
    "att": attention.att,
}


class MaskHead(nn.Module):
    """A head, behind the thumbnail that it sees.

    Attributes
    ----------
    network
        From what it sees to logits; its layer ``last`` starts near zero.
    size
        Height and width of what it sees: images are pooled to it by their maxima.
    """

    def __init__(self, network: nn.Sequential, size: Size) -> None:
        super().__init__()
        self.network, self.size = network, size

    def forward(self, x: Tensor) -> Tensor:
        """Logits of shape ``(b, c, h, w)`` of normalised images ``(b, C, H, W)``."""
        if x.shape[2:] != self.size:
            x = adaptive_max_pool2d(x, self.size)
        logits: Tensor = self.network(x)
        return logits


def make_head(
    name: str, image_shape: Shape, logits_shape: Shape, size: Size | None = None, seed: int = 0
) -> MaskHead:
    """A head that starts as the prior: its logits are near zero, whatever it sees.

    The last layer of each starts with Gaussian Glorot weights of gain 0.001 [glorot2010]_ and,
    not as published, with a bias of zero: the published heads have no bias there, and two of them,
    ``linear`` and ``att``, start at zero by a learned factor.

    Parameters
    ----------
    name
        One of :data:`pruning.inputs.names.HeadName`.
    image_shape
        Of one image: channels, height, width.
    logits_shape
        Of the mask's elements: channels, rows, columns. A mask of several versions asks for
        ``versions * channels``.
    size
        Height and width of the thumbnail that the head sees; None: the full image.
    seed
        Decides the weights.

    Raises
    ------
    CannotRunError
        If the head cannot be made, such as for a thumbnail larger than the image; the message says
        what to change.
    """
    if refusal := head_refusal(name, image_shape, logits_shape, size):
        raise CannotRunError(refusal)
    channels, height, width = image_shape
    seen = size or (height, width)
    with DefaultGenerators(torch_seed("head of a mask", seed), "cpu").flowing():
        network = _BUILDERS[cast(HeadName, name)]((channels, *seen), logits_shape)
        last = network.get_submodule("last")
        xavier_normal_(cast(Tensor, last.weight), gain=START)
        zeros_(cast(Tensor, last.bias))
    return MaskHead(network, seen)
