"""The smallest of each family that torchvision has a file for, as a PRUNELAB_MODELS file.

Whoever imports it registers them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pruning.models.base import model

# By the name of torchvision's file: what builds the network, with what besides the classes. Those
# that only come large are built of fewer and narrower blocks.
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "alexnet": ("alexnet", {}),
    "convnext": ("convnext_tiny", {}),
    "densenet": ("densenet121", {}),
    "efficientnet": ("efficientnet_b0", {}),
    "googlenet": ("googlenet", {"aux_logits": False, "init_weights": False}),
    "inception": ("inception_v3", {"aux_logits": False, "init_weights": False}),
    "maxvit": (
        "MaxVit",
        {
            "input_size": (56, 56),
            "stem_channels": 16,
            "partition_size": 7,
            "block_channels": [16, 32],
            "block_layers": [1, 1],
            "head_dim": 8,
            "stochastic_depth_prob": 0.0,
        },
    ),
    "mnasnet": ("mnasnet0_5", {}),
    "mobilenetv2": ("mobilenet_v2", {}),
    "mobilenetv3": ("mobilenet_v3_small", {}),
    "regnet": ("regnet_y_400mf", {}),
    "resnet": ("resnext50_32x4d", {}),
    "shufflenetv2": ("shufflenet_v2_x0_5", {}),
    "squeezenet": ("squeezenet1_1", {}),
    "swin_transformer": (
        "SwinTransformer",
        {
            "patch_size": [4, 4],
            "embed_dim": 32,
            "depths": [1, 1],
            "num_heads": [2, 4],
            "window_size": [4, 4],
        },
    ),
    "vgg": ("vgg11_bn", {}),
    "vision_transformer": (
        "VisionTransformer",
        {
            "image_size": 64,
            "patch_size": 16,
            "num_layers": 2,
            "num_heads": 4,
            "hidden_dim": 64,
            "mlp_dim": 128,
        },
    ),
}


def _built(name: str, besides: dict[str, Any]) -> Callable[[Any, int], Any]:
    def build(_: Any, classes: int) -> Any:
        from pruning.vision import torchvision

        return getattr(torchvision.models, name)(num_classes=classes, **besides)

    return build


for _family, (_name, _besides) in FAMILIES.items():
    model(
        f"family-{_family}",
        title=_name,
        description=f"The smallest of torchvision's {_family}.",
        paper="none",
    )(_built(_name, _besides))
