"""Whether a network can be trained and evaluated at all, found out in one sentence before it is."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from pruning.randomness import torch_generator

Shape = tuple[int, int, int]


def why_not(network: nn.Module, shape: Shape, classes: int, batch_size: int = 2) -> str | None:
    """Why a network cannot be used, with what to change; None if it can.

    A copy looks at two random images.

    Parameters
    ----------
    shape
        Of one image: channels, height, width.
    classes
        How many logits it has to give out for each.
    batch_size
        How many images it learns from at once.
    """
    return next(_reasons(network, shape, classes, batch_size), None)


def _reasons(network: nn.Module, shape: Shape, classes: int, batch_size: int) -> Iterator[str]:
    for name, parameter in network.named_parameters():
        if is_lazy(parameter):
            yield f"{name} has no size yet: give its lazy layer one, or run an image through it"
            return
        if parameter.is_floating_point() and parameter.dtype != torch.float32:
            kind = str(parameter.dtype).removeprefix("torch.")
            yield f"{name} is of type {kind}: make it float32, as network.float() does"
    device = next((each.device for each in network.parameters()), torch.device("cpu"))
    network = copy.deepcopy(network).eval()
    draws = torch_generator("images to look at once")
    images = torch.randn(2, *shape, generator=draws).to(device)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        try:
            said = network(images)
        # The network's own code, which may raise anything.
        except Exception as error:
            line = f"{type(error).__name__}: {error}".partition("\n")[0]
            yield f"it does not take images of {'×'.join(map(str, shape))}: {line}"
            return
        yield from _wrong_outputs(said, classes)
        # As good as equal: on some devices the last digits differ by themselves.
        if not torch.allclose(said, network(images), rtol=1e-3, atol=1e-3, equal_nan=True):
            yield (
                "it says something else of the same images each time, in eval mode, too: take "
                "nn.Dropout, or give F.dropout training=self.training"
            )
        if batch_size == 1:
            yield from _alone(network.train(), images[:1])


def _alone(network: nn.Module, image: Tensor) -> Iterator[str]:
    try:
        network(image)
    # What torch says of batch norms that have a single value.
    except ValueError as error:
        yield f"it cannot learn from one image at a time ({error}): ask for a larger batch"


def _wrong_outputs(said: object, classes: int) -> Iterator[str]:
    if not isinstance(said, Tensor):
        kind = type(said).__name__
        yield f"it gives out a {kind}, not a tensor of logits: return the logits alone"
    elif said.shape != (2, classes):
        found = "×".join(map(str, said.shape[1:])) or "no"
        yield (
            f"it gives out {found} values for an image, but the dataset has {classes} classes: its "
            "last layer needs as many outputs as the second argument of its function says"
        )
