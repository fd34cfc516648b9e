"""Which share of each layer's weights stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod


def erk_densities(shapes: Mapping[str, Sequence[int]], sparsity: float) -> dict[str, float]:
    """The shares by Erdős-Rényi-Kernel [evci2020]_: small layers stay denser than large ones.

    A layer's density is in proportion to ``(in + out + kernel height + kernel width) / (in · out ·
    height · width)``, scaled so that all weights together lose ``sparsity``. Layers that would
    have more than all their weights stay dense, and the rest is scaled again.

    Parameters
    ----------
    shapes
        Of the layers' weights: ``(out, in, …)``.
    sparsity
        From 0 to 1.

    Returns
    -------
    dict[str, float]
        By the layer's name, from 0 to 1.
    """
    sizes = {name: prod(shape) for name, shape in shapes.items()}
    raw = {name: sum(shape) / sizes[name] for name, shape in shapes.items()}
    dense: set[str] = set()
    while True:
        sparse = [name for name in shapes if name not in dense]
        left = (1 - sparsity) * sum(sizes.values()) - sum(sizes[name] for name in dense)
        scale = left / sum(raw[name] * sizes[name] for name in sparse) if sparse else 0.0
        full = {name for name in sparse if scale * raw[name] >= 1}
        if not full:
            return {name: 1.0 if name in dense else scale * raw[name] for name in shapes}
        dense |= full
