"""How the files of a network are used, each by itself: what it takes, and Python to copy.

Importable without torch.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from pydantic import BaseModel, ConfigDict

Format = Literal["safetensors", "onnx", "torch_export"]
SUFFIXES: dict[Format, str] = {
    "safetensors": ".safetensors",
    "onnx": ".onnx",
    "torch_export": ".pt2",
}

NORMALISED = "(images - mean) / sd, per channel, of images with values from 0 to 1"
PIXELS = "images with values from 0 to 1; they are normalised inside"

_SAFETENSORS = '''\
from pathlib import Path

import torch

from pruning.takeaway.description import Description
from pruning.takeaway.weights import rebuild

description, weights = Path("{stem}.json"), Path("{stem}.safetensors")
told = Description.model_validate_json(description.read_bytes())
network = rebuild(description, weights)
mean, sd = (torch.tensor(each).view(-1, 1, 1) for each in (told.mean, told.sd))


def classify(images: torch.Tensor) -> list[str]:
    """The classes of images with values from 0 to 1, shape (n, {channels}, {height}, {width})."""
    with torch.inference_mode():
        logits = network((images - mean) / sd)
    return [told.classes[place] for place in logits.argmax(dim=1)]


print(classify(torch.rand(1, *told.shape)))
'''

_ONNX = """\
import numpy as np
import onnxruntime

network = onnxruntime.InferenceSession("{stem}.onnx")
# Values from 0 to 1; the network normalises them itself.
images = np.random.rand(1, {channels}, {height}, {width}).astype(np.float32)
(logits,) = network.run(["logits"], {{"images": images}})
print(logits.argmax(axis=1))
"""

_TORCH_EXPORT = """\
import torch

network = torch.export.load("{stem}.pt2").module()
# Values from 0 to 1; the network normalises them itself.
images = torch.rand(1, {channels}, {height}, {width})
with torch.inference_mode():
    print(network(images).argmax(dim=1))
"""

_TEXTS: dict[Format, str] = {
    "safetensors": _SAFETENSORS,
    "onnx": _ONNX,
    "torch_export": _TORCH_EXPORT,
}


class FileUse(BaseModel):
    """How one of the files is used.

    Attributes
    ----------
    input
        What the network in it takes, in words.
    python
        What to copy; the files lie in the folder where it is run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    format: Format
    input: str
    python: str


def uses(formats: Collection[str], shape: tuple[int, int, int], stem: str) -> tuple[FileUse, ...]:
    """How the files are used that there are.

    Parameters
    ----------
    formats
        Which there are, by their names in settings; others than networks are left out.
    shape
        Of one image: channels, height, width.
    stem
        What the files are called, without their endings.
    """
    channels, height, width = shape
    return tuple(
        FileUse(
            file=stem + suffix,
            format=name,
            input=NORMALISED if name == "safetensors" else PIXELS,
            python=_TEXTS[name].format(stem=stem, channels=channels, height=height, width=width),
        )
        for name, suffix in SUFFIXES.items()
        if name in formats
    )
