"""What an operating point is, in rows of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torch import Tensor, nn

from pruning.events import Event
from pruning.experiments.operating_point.outputs import LAYERS, NETWORKS
from pruning.experiments.sweep.statistics import Measured
from pruning.structure.cost import Cost, positions_of
from pruning.structure.units import layers_of


def network_row(network: str, measured: Measured, cost: Cost) -> Event:
    """One network beside the others; ``network`` is one of :data:`.outputs.STAGES`."""
    return NETWORKS.row(
        network=network,
        multiply_adds=cost.multiply_adds,
        **{
            name: getattr(measured, name)
            for name in NETWORKS.names
            if name not in ("network", "multiply_adds")
        },
    )


def layer_rows(
    dense: nn.Module, lean: nn.Module, masks: Mapping[str, Tensor], shape: tuple[int, int, int]
) -> Event:
    """What each layer was, and what of it is left.

    Parameters
    ----------
    masks
        Of the parameters of ``lean``, where weights have gone one by one.
    shape
        Of one image: channels, height, width.
    """
    return LAYERS.rows(_layers(dense, lean, masks, shape))


def _layers(
    dense: nn.Module, lean: nn.Module, masks: Mapping[str, Tensor], shape: tuple[int, int, int]
) -> Iterator[dict[str, str | int]]:
    positions, left = positions_of(dense, shape), layers_of(lean)
    for name, layer in layers_of(dense).items():
        weight = left[name].weight
        mask = masks.get(f"{name}.weight")
        weights = weight.numel() if mask is None else int(mask.sum())
        yield {
            "layer": name,
            "units_before": len(layer.weight),
            "units": len(weight),
            "weights_before": layer.weight.numel(),
            "weights": weights,
            "multiply_adds_before": positions[name] * layer.weight.numel(),
            "multiply_adds": positions[name] * weights,
        }
