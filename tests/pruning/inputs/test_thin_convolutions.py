"""Quick gradients of images are torch's own."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from pruning.inputs.thin_convolutions import ThinConvolutions

SEEDS = range(4)
LAYERS = {
    "plain": nn.Conv2d(1, 6, 5),
    "padded": nn.Conv2d(3, 8, 3, padding=1),
    "uneven": nn.Conv2d(2, 5, (2, 5), padding=(3, 0), bias=False),
    "strided": nn.Conv2d(1, 6, 3, stride=2),
    "dilated": nn.Conv2d(1, 6, 3, dilation=2),
    "mirrored": nn.Conv2d(1, 6, 3, padding=1, padding_mode="reflect"),
    "same": nn.Conv2d(1, 6, 3, padding="same"),
    "many channels": nn.Conv2d(5, 6, 3),
}
# The others are left to torch.
QUICK = {"plain", "padded", "uneven"}


def network_of(name: str, in_place: bool) -> tuple[nn.Sequential, torch.Size]:
    """A layer, what may work in place, and the shape of images for it."""
    layer = copy.deepcopy(LAYERS[name]).double()
    network = nn.Sequential(layer, nn.ReLU(inplace=in_place), nn.Flatten())
    return network, torch.Size((4, layer.in_channels, 9, 11))


def gradients(network: nn.Module, x: Tensor) -> list[Tensor]:
    x = x.clone().requires_grad_()
    network.zero_grad()
    (network(x) ** 2).sum().backward()
    return [x.grad, *(parameter.grad.clone() for parameter in network.parameters())]


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_they_are_equal(seed: int, name: str, in_place: bool):
    network, shape = network_of(name, in_place)
    x = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    expected = gradients(network, x)
    thin = ThinConvolutions(network)
    with thin.quick():
        assert ("forward" in vars(network[0])) == (name in QUICK)
        found = gradients(network, x)
    for mine, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, theirs)
    assert "forward" not in vars(network[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_they_are_about_equal_in_half_precision(seed: int):
    network = nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Flatten())
    x = torch.randn(4, 1, 9, 9, generator=torch.Generator().manual_seed(seed))
    expected = gradients(network, x)
    with ThinConvolutions(network).quick(), torch.autocast("cpu", torch.bfloat16):
        found = gradients(network, x)
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.dtype == torch.float32
        torch.testing.assert_close(mine, theirs, rtol=0.05, atol=0.05 * float(theirs.abs().max()))


def test_images_that_need_no_gradient_get_none():
    network, shape = network_of("plain", False)
    x = torch.ones(shape, dtype=torch.float64)
    with ThinConvolutions(network).quick():
        assert network(x).requires_grad
        with torch.no_grad():
            assert not network(x.requires_grad_()).requires_grad


def test_a_layer_is_itself_again_after_an_error():
    network, _ = network_of("plain", False)
    with pytest.raises(RuntimeError), ThinConvolutions(network).quick():
        network(torch.ones(1, 2, 9, 9, dtype=torch.float64))
    assert "forward" not in vars(network[0])
