"""Small networks that reorder, repeat, mix or share what lies between two of their layers."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

SHAPE = (3, 6, 6)
CLASSES = 4

Move = Callable[[Tensor], Tensor]


class Does(nn.Module):
    """Modules by name and what is done with them."""

    def __init__(self, does: Callable[[Does, Tensor], Tensor], **modules: nn.Module) -> None:
        super().__init__()
        self.does = does
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, x: Tensor) -> Tensor:
        return self.does(self, x)


def conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def between(move: Move, inputs: int = 12) -> nn.Module:
    """A convolution of 12 channels, whatever ``move`` does to them, and one that reads them."""
    return Does(
        lambda self, x: self.out(self.second(move(self.first(x).relu())).relu().mean((2, 3))),
        first=conv(3, 12),
        second=conv(inputs, 10),
        out=nn.Linear(10, CLASSES),
    )


def through(module: nn.Module, inputs: int = 12) -> nn.Module:
    """The same with a module between the two, which gives out so many channels."""
    return Does(
        lambda self, x: self.out(self.second(self.does_it(self.first(x)).relu()).mean((2, 3))),
        first=conv(3, 12),
        does_it=module,
        second=conv(inputs, 10),
        out=nn.Linear(10, CLASSES),
    )


def joined(module: nn.Module, inputs: int = 0, *, with_image: bool = False) -> nn.Module:
    """Two convolutions side by side, of 7 and 5 channels, and a module that takes in both."""

    def does(self: Does, x: Tensor) -> Tensor:
        parts = [x] * with_image + [self.left(x), self.right(x)]
        return self.out(self.second(self.does_it(torch.cat(parts, 1)).relu()).mean((2, 3)))

    return Does(
        does,
        left=conv(3, 7),
        right=conv(3, 5),
        does_it=module,
        second=conv(inputs or 12 + 3 * with_image, 10),
        out=nn.Linear(10, CLASSES),
    )


def one_dimensional() -> nn.Module:
    """What a convolution says, read along the pixels."""
    return Does(
        lambda self, x: self.out(self.along(self.first(x).relu().flatten(2)).mean(2)),
        first=conv(3, 12),
        along=nn.Conv1d(12, 6, 5),
        out=nn.Linear(6, CLASSES),
    )


def before_flatten(move: Move) -> nn.Module:
    return Does(
        lambda self, x: self.out(self.second(move(self.first(x).relu()).flatten(1)).relu()),
        first=conv(3, 12),
        second=nn.Linear(12 * 36, 10),
        out=nn.Linear(10, CLASSES),
    )


def shuffled(x: Tensor, *rows: int) -> Tensor:
    """The channels written in rows and read in columns."""
    return x.unflatten(1, rows).transpose(1, 2).flatten(1, 2)


def densely_connected() -> nn.Module:
    def does(self: Does, x: Tensor) -> Tensor:
        first = self.first(x).relu()
        both = torch.cat([first, self.second(first).relu()], 1)
        return self.out(self.third(both).relu().mean((2, 3)))

    return Does(
        does,
        first=conv(3, 12),
        second=conv(12, 8),
        third=conv(20, 10),
        out=nn.Linear(10, CLASSES),
    )


def beside_the_image() -> nn.Module:
    return Does(
        lambda self, x: self.out(
            self.second(torch.cat([self.first(x).relu(), x], 1)).relu().mean((2, 3))
        ),
        first=conv(3, 12),
        second=conv(15, 10),
        out=nn.Linear(10, CLASSES),
    )


def two_branches() -> nn.Module:
    def does(self: Does, x: Tensor) -> Tensor:
        both = torch.cat([self.left(x).relu(), self.right(x).tanh().flip(1)], 1)
        return self.out(self.second(both).relu().mean((2, 3)))

    return Does(
        does, left=conv(3, 7), right=conv(3, 9), second=conv(16, 10), out=nn.Linear(10, CLASSES)
    )


def gated() -> nn.Module:
    """Squeeze and excitation."""

    def does(self: Does, x: Tensor) -> Tensor:
        x = self.first(x).relu()
        gate = self.excite(self.squeeze(x.mean((2, 3))).relu()).sigmoid()
        return self.out((x * gate[:, :, None, None]).mean((2, 3)))

    return Does(
        does,
        first=conv(3, 12),
        squeeze=nn.Linear(12, 5),
        excite=nn.Linear(5, 12),
        out=nn.Linear(12, CLASSES),
    )


def normed_behind_a_flip(flip_first: bool) -> nn.Module:
    def does(self: Does, x: Tensor) -> Tensor:
        x = self.first(x)
        x = self.norm(x.flip(1)) if flip_first else self.norm(x).flip(1)
        return self.out(self.second(x.relu()).relu().mean((2, 3)))

    return Does(
        does,
        first=conv(3, 12),
        norm=nn.BatchNorm2d(12),
        second=conv(12, 10),
        out=nn.Linear(10, CLASSES),
    )


def head(does: Move) -> nn.Module:
    return Does(
        lambda self, x: self.out(does(self.first(x.flatten(1)))),
        first=nn.Linear(108, 12),
        out=nn.Linear(12, CLASSES),
    )


class Standardised(nn.Conv2d):
    """Centres and scales its own weights."""

    def forward(self, input: Tensor) -> Tensor:
        weight = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        weight = weight / (weight.flatten(1).std(1)[:, None, None, None] + 1e-5)
        return functional.conv2d(input, weight, self.bias, padding=1)


class Equalised(nn.Linear):
    """Divides by the square root of the number of its inputs."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.linear(input, self.weight / self.in_features**0.5, self.bias)


def own_weights(layer: nn.Conv2d | nn.Linear) -> nn.Module:
    def does(self: Does, x: Tensor) -> Tensor:
        x = self.first(x).relu()
        if isinstance(layer, nn.Linear):
            return self.out(self.second(x.mean((2, 3))).relu())
        return self.out(self.second(x).relu().mean((2, 3)))

    return Does(does, first=conv(3, 12), second=layer, out=nn.Linear(10, CLASSES))


def mixer() -> nn.Module:
    """A layer over pixels, which are no units, and a block over channels."""

    def does(self: Does, x: Tensor) -> Tensor:
        x = self.patch(x).flatten(2)
        x = (x + self.tokens2(self.tokens1(x).relu())).transpose(1, 2)
        x = x + self.channels2(self.channels1(x).relu())
        return self.out(x.mean(1))

    return Does(
        does,
        patch=nn.Conv2d(3, 12, 2, stride=2),
        tokens1=nn.Linear(9, 7),
        tokens2=nn.Linear(7, 9),
        channels1=nn.Linear(12, 14),
        channels2=nn.Linear(14, 12),
        out=nn.Linear(12, CLASSES),
    )


def inverted_residual(residual: bool) -> nn.Module:
    """A depthwise convolution between two others, as in MobileNetV2."""

    def does(self: Does, x: Tensor) -> Tensor:
        x = self.first(x).relu()
        wide = self.deep_norm(self.deep(self.widen(x).relu())).relu()
        narrow = self.narrow(wide)
        return self.out((x + narrow if residual else narrow).mean((2, 3)))

    return Does(
        does,
        first=conv(3, 6),
        widen=nn.Conv2d(6, 14, 1),
        deep=nn.Conv2d(14, 14, 3, padding=1, groups=14),
        deep_norm=nn.BatchNorm2d(14),
        narrow=nn.Conv2d(14, 6, 1),
        out=nn.Linear(6, CLASSES),
    )


def behind_each_other() -> nn.Module:
    """Depthwise convolutions, through both of which the units go."""
    return Does(
        lambda self, x: self.out(self.deeper(self.deep(self.first(x)).relu()).mean((2, 3))),
        first=conv(3, 12),
        deep=nn.Conv2d(12, 12, 3, padding=1, groups=12, bias=False),
        deeper=nn.Conv2d(12, 12, 3, groups=12),
        out=nn.Linear(12, CLASSES),
    )


def chain() -> nn.Module:
    """Convolutions in groups, each of which carries the units of the layer before it."""
    blocks = [
        nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=4), nn.ReLU(), nn.Conv2d(8, 8, 1))
        for _ in range(4)
    ]
    return nn.Sequential(
        conv(3, 8), *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, CLASSES)
    )


# What is between two layers does not keep a slimmed network from computing what the masked one
# does: units are followed to where they are read.
FOLLOWED: dict[str, Callable[[], nn.Module]] = {
    "channels last": lambda: before_flatten(lambda x: x.permute(0, 2, 3, 1)),
    "rows first": lambda: before_flatten(lambda x: x.permute(0, 2, 1, 3)),
    "flip before a flatten": lambda: before_flatten(lambda x: x.flip(1, 3)),
    "flip": lambda: between(lambda x: x.flip(1)),
    "turn": lambda: between(lambda x: x.rot90(1, (2, 3))),
    "both signs": lambda: between(lambda x: torch.cat([x, -x], 1), 24),
    "both directions": lambda: between(lambda x: torch.cat([x, x.flip(1)], 1), 24),
    "repeat": lambda: between(lambda x: x.repeat(1, 3, 1, 1), 36),
    "interleave": lambda: between(lambda x: x.repeat_interleave(2, 1), 24),
    "pixels to channels": lambda: between(lambda x: functional.pixel_unshuffle(x, 2), 48),
    "group norm": lambda: through(nn.GroupNorm(4, 12)),
    "group norm behind a join": lambda: joined(nn.GroupNorm(4, 12)),
    "batch norm behind a join": lambda: joined(nn.BatchNorm2d(12)),
    "in groups": lambda: through(nn.Conv2d(12, 6, 3, padding=1, groups=3), 6),
    "in groups behind a join": lambda: joined(nn.Conv2d(12, 8, 1, groups=4), 8),
    "two groupings": lambda: through(
        nn.Sequential(nn.GroupNorm(6, 12), nn.Conv2d(12, 12, 1, groups=4), nn.GroupNorm(2, 12))
    ),
    "several filters each": lambda: through(nn.Conv2d(12, 24, 3, padding=1, groups=12), 24),
    "transposed": lambda: through(nn.ConvTranspose2d(12, 5, 2, 2), 5),
    "one-dimensional": one_dimensional,
    "chain": chain,
    "length": lambda: between(lambda x: x / (1 + x.square().sum(1, keepdim=True)).sqrt()),
    "cosine": lambda: head(lambda x: functional.normalize(x.relu(), dim=1)),
    "sum": lambda: between(lambda x: x.sum(1, keepdim=True), 1),
    "detached": lambda: between(lambda x: x.detach()),
    "densely connected": densely_connected,
    "two branches": two_branches,
    "beside the image": beside_the_image,
    "gated": gated,
    "depthwise": lambda: inverted_residual(False),
    "depthwise, residual": lambda: inverted_residual(True),
    "two depthwise": behind_each_other,
    "flip behind a norm": lambda: normed_behind_a_flip(False),
}

# The layer to exclude of each.
REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "shuffle in rows of a fixed length": (lambda: between(lambda x: shuffled(x, 4, 3)), "first"),
    "shuffle in any number of rows": (lambda: between(lambda x: shuffled(x, 2, -1)), "first"),
    "roll": (lambda: between(lambda x: x.roll(1, 1)), "first"),
    "roll by half": (lambda: between(lambda x: x.roll(6, 1)), "first"),
    "roll back": (lambda: between(lambda x: x.roll(-1, 1)), "first"),
    "index": (lambda: between(lambda x: x[:, list(range(11, -1, -1))]), "first"),
    "halves": (lambda: between(lambda x: torch.cat([x[:, 6:], x[:, :6]], 1)), "first"),
    "every second": (lambda: between(lambda x: x[:, ::2], 6), "first"),
    "gate of the other half": (lambda: between(lambda x: functional.glu(x, 1), 6), "first"),
    "largest of two": (lambda: between(lambda x: x.unflatten(1, (-1, 2)).amax(2), 6), "first"),
    "neighbours": (lambda: between(lambda x: x + x.roll(1, 1)), "first"),
    "centred": (lambda: between(lambda x: x - x.mean(1, keepdim=True)), "first"),
    "mean": (lambda: between(lambda x: x.mean(1, keepdim=True), 1), "first"),
    "running sum": (lambda: between(lambda x: x.cumsum(1)), "first"),
    "sorted": (lambda: between(lambda x: x.sort(1).values), "first"),
    "channels to pixels": (lambda: between(lambda x: functional.pixel_shuffle(x, 2), 3), "first"),
    "share of neighbours": (
        lambda: between(lambda x: functional.local_response_norm(x, 3)),
        "first",
    ),
    "share of all": (lambda: head(lambda x: x.softmax(1)), "first"),
    "layer norm": (lambda: between(lambda x: functional.layer_norm(x, x.shape[1:])), "first"),
    "numbered": (lambda: between(lambda x: x * torch.arange(12)[:, None, None]), "first"),
    "counted": (lambda: between(lambda x: x * x.shape[1]), "first"),
    "even and odd": (lambda: between(lambda x: x if x.shape[1] % 2 else -x), "first"),
    "flip before a norm": (lambda: normed_behind_a_flip(True), "first"),
    "standardised weights": (lambda: own_weights(Standardised(12, 10, 3)), "first"),
    "equalised weights": (lambda: own_weights(Equalised(12, 10)), "first"),
    "mixer": (mixer, "patch"),
    "group norm across a join": (lambda: joined(nn.GroupNorm(3, 12)), "left"),
    "normalised together": (lambda: through(nn.GroupNorm(1, 12)), "first"),
    "grouped across the image": (
        lambda: joined(nn.GroupNorm(3, 15), with_image=True),
        "left",
    ),
}
