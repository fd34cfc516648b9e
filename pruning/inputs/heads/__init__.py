"""Heads: small networks that see an image and say which of its parts are needed.

One file a family. A head of a dynamic mask maps images to logits [oehmcke2022]_; what the mask is
without it, the prior, is added by the mask.
"""

from pruning.inputs.heads.base import MaskHead, make_head

__all__ = ["MaskHead", "make_head"]
