"""Which element of a mask a pixel belongs to: nearest-neighbour upscaling, and back again.

A mask of h × w elements is laid over H × W pixels as :func:`torch.nn.functional.interpolate` does
it by nearest neighbours. Importances of elements are means over the pixels that belong to them, and
so are logits of a head that sees more pixels than there are elements.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import interpolate


def upscaled(mask: Tensor, height: int, width: int) -> Tensor:
    """Each pixel gets the element that covers it.

    Parameters
    ----------
    mask
        Shape ``(b, c, h, w)``.

    Returns
    -------
    Tensor
        Shape ``(b, c, height, width)``, without memory of its own where one element covers all.
    """
    size = tuple(mask.shape[2:])
    if size == (height, width):
        return mask
    if size == (1, 1):
        return mask.expand(-1, -1, height, width)
    # Not by an index: its gradient adds up in any order on a GPU.
    return interpolate(mask, size=(height, width), mode="nearest")


def elements_of(pixels: int, elements: int) -> Tensor:
    """To which of ``elements`` along a side each of ``pixels`` belongs: int64, ``(pixels,)``."""
    numbers = torch.arange(elements, dtype=torch.float32).view(1, 1, 1, -1)
    return upscaled(numbers, 1, pixels).flatten().long()


def resampling(cells: int, elements: int) -> Tensor:
    """Weights from cells to elements along a side, shape ``(elements, cells)``; rows sum to 1.

    Where there are more cells, an element is the mean of those that belong to it; where there are
    fewer, it is the nearest one.
    """
    if elements > cells:
        return torch.eye(cells).index_select(0, elements_of(elements, cells))
    belongs = elements_of(cells, elements) == torch.arange(elements)[:, None]
    return belongs / belongs.sum(1, keepdim=True)
