"""A head of self-attention: what a pixel says depends on all pixels that are like it."""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

from pruning.inputs.heads.fitting import Fit
from pruning.inputs.names import Shape
from pruning.models.initial import glorot

# On the CPU flash attention takes a tenth of the time and of the memory. On a GPU it adds up in any
# order, so that trainings would not repeat.
_KERNELS = [SDPBackend.FLASH_ATTENTION, SDPBackend.MATH]


class SelfAttention(nn.Module):
    """The mean of all pixels for each pixel, weighted by the softmax of their likeness.

    As in [zhang2019]_: the likeness of two pixels is the product of a query and a key, each a
    linear map of the pixel's channels to as many numbers [oehmcke2022]_.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        # A bias of the keys adds the same to all likenesses of a pixel: it would change nothing.
        self.query = nn.Linear(channels, channels, bias=False)
        self.key = nn.Linear(channels, channels, bias=False)

    def forward(self, image: Tensor) -> Tensor:
        """Maps in the shape of the images, ``(b, channels, h, w)``."""
        # One head of attention, which torch's quick kernels want as a dimension.
        pixels = image.flatten(2).transpose(1, 2).unsqueeze(1).contiguous()
        query, key = self.query(pixels), self.key(pixels)
        with sdpa_kernel(_KERNELS if image.device.type == "cpu" else SDPBackend.MATH):
            seen = scaled_dot_product_attention(query, key, pixels, scale=1.0)
        return seen.squeeze(1).transpose(1, 2).reshape(image.shape)


def att(seen: Shape, logits: Shape) -> nn.Sequential:
    """Build self-attention and a 1 × 1 convolution [oehmcke2022]_.

    The convolution, the published layer of values, comes after the attention: that is the same,
    for the weights of a pixel add up to 1. Not as published: there a learned factor, zero at the
    start, multiplies what it says.
    """
    network = nn.Sequential(
        OrderedDict(
            attention=SelfAttention(seen[0]),
            last=nn.Conv2d(seen[0], logits[0], 1),
            fit=Fit(seen[1:], logits),
        )
    )
    glorot(network)
    return network
