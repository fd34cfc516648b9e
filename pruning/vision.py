"""The one place that imports torchvision: ``from pruning.vision import torchvision``.

A torchvision wheel built for CUDA cannot load its compiled operators beside a torch for the CPU
alone, and then fails at import because it describes two operators that nobody declared. Declaring
them is enough for all that is used here; calling one still says that it is missing.
"""

from typing import Any

from torch.library import Library

__all__ = ["torchvision"]

_OPERATORS = ("nms", "qnms")

try:
    import torchvision
except RuntimeError as error:
    if "operator torchvision::" not in str(error):
        raise
    # A declaration lives as long as its library does.
    _library: Any = Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for _name in _OPERATORS:
        _library.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision
