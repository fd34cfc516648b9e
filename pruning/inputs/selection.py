"""What of an image reaches a network, and what share of it had to be sent for that."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from pruning.structure.layout import laid_out_like

# Less than the share of any element, so that it matters only where nothing is kept.
_NOTHING = 1e-7


class Selected(NamedTuple):
    """What is left of a batch.

    Attributes
    ----------
    images
        Shape ``(b, channels, height, width)``; what was dropped is zero.
    kept
        What the mask let through, zeros and ones of shape ``(b, c, height, width)``: with one
        channel or all, and 1 in place of ``b`` where all images have the same.
    q
        The share of each image that was sent, from 0 to 1, in double precision: shape ``(b,)``, or
        ``(1,)`` where it is the same for all.
    chosen
        Which of the thumbnails, and which of the qualities, where there is a choice: ones and
        zeros of shape ``(b, versions, c, height, width)``, with 1 in place of ``b`` as above.
    """

    images: Tensor
    kept: Tensor
    q: Tensor
    chosen: list[Tensor]


class Selection(nn.Module):
    """Masks in a chain: one of the thumbnails, one of the JPEG qualities, then any elements.

    The share Q that is sent is counted on the pixels that the elements cover: the mean of what the
    chosen version costs there, where it is kept [oehmcke2022]_.

    Attributes
    ----------
    temperature
        What logits are divided by before they become probabilities.

    Parameters
    ----------
    any_mask
        An :class:`pruning.inputs.masks.AnyMask`, or what is called as it is; without one the
        whole version is sent.
    thumbnails, qualities
        :class:`pruning.inputs.masks.XorMask`, where there are such versions.
    costs
        What each version takes as a share of the original, shape ``(thumbnails, qualities)``: see
        :class:`pruning.inputs.versions.Versions`.
    upscaling
        Whether what is kept is divided by the share that is kept, so that its sum stays about
        what it was, as in dropout.
    """

    costs: Tensor

    def __init__(
        self,
        any_mask: nn.Module | None,
        *,
        thumbnails: nn.Module | None = None,
        qualities: nn.Module | None = None,
        costs: Tensor | None = None,
        upscaling: bool = True,
    ) -> None:
        super().__init__()
        self.any_mask, self.thumbnails, self.qualities = any_mask, thumbnails, qualities
        table = torch.ones(1, 1) if costs is None else costs
        for mask, versions in zip((thumbnails, qualities), table.shape, strict=True):
            if mask is None and versions > 1:
                raise ValueError(f"no mask chooses one of {versions} versions")
        self.register_buffer("costs", table.to(torch.float64))
        self.upscaling, self.temperature = upscaling, 1.0

    def forward(self, x: Tensor) -> Selected:
        """Select from images, of which the versions lie one behind the other as channels.

        Parameters
        ----------
        x
            Normalised, shape ``(b, thumbnails · qualities · channels, height, width)``; the first
            version is the original.
        """
        thumbnails, qualities = self.costs.shape
        versions = x.reshape(len(x), thumbnails, qualities, -1, *x.shape[2:])
        original = versions[:, 0, 0]
        chosen = [self._call(mask, original) for mask in (self.thumbnails, self.qualities)]
        kept = self._kept(original)
        images = _merged(versions, *chosen)
        factor = kept
        if self.upscaling:
            share = kept.detach().mean((1, 2, 3), keepdim=True)
            factor = kept / share.clamp_min(_NOTHING)
        told = [mask for mask in chosen if mask is not None]
        return Selected(laid_out_like(images * factor, x), kept, self._share(kept, *chosen), told)

    @torch.no_grad()
    def start_q(self) -> float:
        """The share that is sent as long as no head has seen an image and nothing is learned."""
        chosen = [self._call(mask, None) for mask in (self.thumbnails, self.qualities)]
        return float(self._share(self._kept(None), *chosen))

    def _call(self, mask: nn.Module | None, images: Tensor | None) -> Tensor | None:
        return None if mask is None else cast(Tensor, mask(images, self.temperature))

    def _kept(self, images: Tensor | None) -> Tensor:
        kept = self._call(self.any_mask, images)
        return self.costs.new_ones((1, 1, 1, 1), dtype=torch.float32) if kept is None else kept

    def _share(self, kept: Tensor, thumbnails: Tensor | None, qualities: Tensor | None) -> Tensor:
        """What is sent of each image, shape ``(b,)`` or ``(1,)``."""
        if thumbnails is None and qualities is None:
            return kept.mean((1, 2, 3), dtype=torch.float64)
        price = self.costs[:, :, None, None, None]
        if thumbnails is not None:
            price = thumbnails.unsqueeze(2) * price
        if qualities is not None:
            price = qualities.unsqueeze(1) * price
        return (price.sum((1, 2)) * kept).mean((1, 2, 3))


def _merged(versions: Tensor, thumbnails: Tensor | None, qualities: Tensor | None) -> Tensor:
    """The chosen versions, ``(b, channels, height, width)``, of all of them.

    Parameters
    ----------
    versions
        Shape ``(b, thumbnails, qualities, channels, height, width)``.
    """
    images = versions[:, 0] if thumbnails is None else (versions * thumbnails.unsqueeze(2)).sum(1)
    return images[:, 0] if qualities is None else (images * qualities).sum(1)


class Selecting(nn.Module):
    """A network that sees what a selection leaves of its images."""

    def __init__(self, selection: Selection, network: nn.Module) -> None:
        super().__init__()
        self.selection, self.network = selection, network

    def forward(self, x: Tensor) -> Tensor:
        """Logits of shape ``(b, classes)``."""
        return cast(Tensor, self.network(self.selection(x).images))
