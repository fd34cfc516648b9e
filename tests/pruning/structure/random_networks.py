"""Networks put together at random from all that units may pass through, for Hypothesis."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from torch import Tensor, nn
from torch.nn import functional

from tests.pruning.odd_networks import Does

SHAPE = (3, 8, 8)
CLASSES = 3


@dataclass(frozen=True)
class Piece:
    """A part of a network, and how many channels it gives out."""

    name: str
    module: nn.Module
    channels: int


class RandomNetwork(nn.Sequential):
    """One that says what it is made of when a test fails."""

    def __init__(self, pieces: list[Piece]) -> None:
        super().__init__(*(piece.module for piece in pieces))
        self.pieces = pieces

    def __repr__(self) -> str:
        return " → ".join(f"{piece.name}:{piece.channels}" for piece in self.pieces)


def convolution(draw: DrawFn, channels: int) -> Piece:
    """Three by three, as wide as drawn."""
    wide = draw(st.sampled_from((4, 6, 8, 12)))
    return Piece("conv", nn.Conv2d(channels, wide, 3, padding=1), wide)


def grouped(draw: DrawFn, channels: int) -> Piece:
    """A convolution in groups, several filters in each."""
    groups = draw(st.sampled_from(_divisors(channels)))
    wide = groups * draw(st.integers(1, 3))
    return Piece(f"grouped/{groups}", nn.Conv2d(channels, wide, 1, groups=groups), wide)


def depthwise(draw: DrawFn, channels: int) -> Piece:
    """A filter for each channel."""
    del draw
    return Piece(
        "depthwise", nn.Conv2d(channels, channels, 3, padding=1, groups=channels), channels
    )


def transposed(draw: DrawFn, channels: int) -> Piece:
    """A transposed convolution that leaves the size."""
    wide = draw(st.sampled_from((4, 6)))
    return Piece("transposed", nn.ConvTranspose2d(channels, wide, 3, padding=1), wide)


def norm(draw: DrawFn, channels: int) -> Piece:
    """A norm over images, over groups of channels, or over all channels."""
    groups = draw(st.sampled_from(_divisors(channels)))
    name, module = draw(
        st.sampled_from(
            (
                ("batch norm", nn.BatchNorm2d(channels)),
                (f"group norm/{groups}", nn.GroupNorm(groups, channels)),
                ("layer norm", nn.GroupNorm(1, channels)),
            )
        )
    )
    return Piece(name, module, channels)


def activation(draw: DrawFn, channels: int) -> Piece:
    """One that takes 0 to 0, or sigmoid, which does not; PReLU has weights of its own."""
    kind = draw(st.sampled_from((nn.ReLU, nn.GELU, nn.SiLU, nn.Tanh, nn.Sigmoid, nn.PReLU)))
    return Piece(kind.__name__, kind(), channels)


def residual(draw: DrawFn, channels: int) -> Piece:
    """A block whose output is added to what goes in."""
    wide = draw(st.sampled_from((4, 6)))
    module = Does(
        lambda m, x: x + m.second(m.first(x).relu()),
        first=nn.Conv2d(channels, wide, 3, padding=1),
        second=nn.Conv2d(wide, channels, 1),
    )
    return Piece("residual", module, channels)


def concatenation(draw: DrawFn, channels: int) -> Piece:
    """Two convolutions side by side, or one beside what goes in."""
    left, right = (draw(st.sampled_from((2, 4, 6))) for _ in range(2))
    if draw(st.booleans()):
        module = Does(
            lambda m, x: torch.cat([x, m.left(x)], 1), left=nn.Conv2d(channels, left, 3, padding=1)
        )
        return Piece("dense", module, channels + left)
    module = Does(
        lambda m, x: torch.cat([m.left(x), m.right(x)], 1),
        left=nn.Conv2d(channels, left, 3, padding=1),
        right=nn.Conv2d(channels, right, 1),
    )
    return Piece("concatenation", module, left + right)


def moved(draw: DrawFn, channels: int) -> Piece:
    """Channels in another order: turned round, shifted, or shuffled between groups."""
    groups = _divisors(channels)[-1]
    name, move = draw(
        st.sampled_from(
            (
                ("flip", lambda _, x: x.flip(1)),
                ("roll", lambda _, x: x.roll(1, 1)),
                ("shuffle", lambda _, x: functional.channel_shuffle(x, groups)),
                ("permute", lambda _, x: x.permute(0, 1, 3, 2)),
            )
        )
    )
    return Piece(name, Does(move), channels)


def attention(draw: DrawFn, channels: int) -> Piece:
    """Pixels that look at each other, one head, with a residual sum."""
    inner = draw(st.sampled_from((4, 6)))

    def does(m: Does, x: Tensor) -> Tensor:
        tokens = x.flatten(2).transpose(1, 2)
        weights = (m.query(tokens) @ m.key(tokens).transpose(1, 2) / inner**0.5).softmax(-1)
        said = m.project(weights @ m.value(tokens))
        return x + said.transpose(1, 2).reshape(x.shape)

    module = Does(
        does,
        query=nn.Linear(channels, inner),
        key=nn.Linear(channels, inner),
        value=nn.Linear(channels, inner),
        project=nn.Linear(inner, channels),
    )
    return Piece("attention", module, channels)


_PIECES = (
    *(convolution, grouped, depthwise, transposed, norm, activation),
    *(residual, concatenation, moved, attention),
)


def head(draw: DrawFn, channels: int) -> Piece:
    """From an image to logits: over the mean of the pixels, or over all of them."""
    if draw(st.booleans()):
        layers = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)]
        return Piece("mean", nn.Sequential(*layers), CLASSES)
    size = channels * SHAPE[1] * SHAPE[2]
    layers = [nn.Flatten(), nn.Linear(size, 10), nn.ReLU(), nn.Linear(10, CLASSES)]
    return Piece("flatten", nn.Sequential(*layers), CLASSES)


@st.composite
def _networks(draw: DrawFn) -> RandomNetwork:
    seed = draw(st.integers(0, 2**16))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        pieces = [convolution(draw, SHAPE[0])]
        for make in draw(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6)):
            pieces.append(make(draw, pieces[-1].channels))
        pieces.append(head(draw, pieces[-1].channels))
        return RandomNetwork(pieces).eval()


def networks() -> SearchStrategy[RandomNetwork]:
    """Networks for images of :data:`SHAPE` with :data:`CLASSES` outputs, in eval mode."""
    return _networks()


def _divisors(channels: int) -> tuple[int, ...]:
    """Into how many equal groups, more than one, so many channels fall."""
    return tuple(n for n in range(2, channels + 1) if channels % n == 0)
