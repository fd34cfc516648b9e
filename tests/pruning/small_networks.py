"""Small networks for images in double precision, with everything in them that criteria meet."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import relu

# The same names in both networks; each has a batch norm behind it.
LAYERS = ["conv1", "conv2", "conv3", "fc"]
CLASSES = 3
# Modules behind which the units of each layer have the values that they hand on.
HANDED_ON = {
    "convolutional": {"conv1": "relu1", "conv2": "relu2", "conv3": "norm3", "fc": "relu4"},
    "residual": {"conv1": "relu1", "conv2": "relu2", "conv3": "relu3", "fc": "relu4"},
}


class Residual(nn.Module):
    """A block whose sum is rectified, a projected shortcut, an average, and a hidden layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(2, 4, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(4)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(4, 5, 3, stride=2, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(5)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv3 = nn.Conv2d(5, 5, 3, padding=1)
        self.norm3 = nn.BatchNorm2d(5)
        self.shortcut = nn.Conv2d(4, 5, 1, stride=2)
        self.norm4 = nn.BatchNorm2d(5)
        self.relu3 = nn.ReLU(inplace=True)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(5, 6)
        self.norm5 = nn.BatchNorm1d(6)
        self.relu4 = nn.ReLU()
        self.output = nn.Linear(6, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu1(self.norm1(self.conv1(x)))
        out = self.norm3(self.conv3(self.relu2(self.norm2(self.conv2(x)))))
        out += self.norm4(self.shortcut(x))
        out = torch.flatten(self.pool(self.relu3(out)), 1)
        return self.output(self.relu4(self.norm5(self.fc(out))))


class Functional(Residual):
    """The same, with functions and methods in place of modules."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = relu(self.norm1(self.conv1(x)))
        out = self.norm3(self.conv3(self.norm2(self.conv2(x)).relu_()))
        out = torch.add(out, self.norm4(self.shortcut(x)))
        out = nn.functional.dropout(relu(out).mean((2, 3)), training=self.training)
        out = out.view(out.size(0), -1)
        return self.output(self.norm5(self.fc(out)).relu())


def convolutional(seed: int) -> nn.Sequential:
    """Batch norm, max-pooling, average pooling, groups, dropout, and a layer without a ReLU."""
    network = nn.Sequential()
    for name, module in {
        "conv1": nn.Conv2d(2, 4, 3, padding="same"),
        "norm1": nn.BatchNorm2d(4),
        "relu1": nn.ReLU(inplace=True),
        "pool1": nn.MaxPool2d(2),
        "conv2": nn.Conv2d(4, 6, 3, padding=1, groups=2, padding_mode="reflect"),
        "norm2": nn.BatchNorm2d(6),
        "relu2": nn.ReLU(inplace=True),
        "drop": nn.Dropout2d(0.5),
        "conv3": nn.Conv2d(6, 5, 2),
        "norm3": nn.BatchNorm2d(5),
        "pool3": nn.AvgPool2d(2),
        "flatten": nn.Flatten(),
        "fc": nn.Linear(5, 6),
        "norm4": nn.BatchNorm1d(6),
        "relu4": nn.ReLU(inplace=True),
        "dropout": nn.Dropout(0.5),
        "output": nn.Linear(6, CLASSES),
    }.items():
        network.add_module(name, module)
    return drawn(network, seed)


def residual(seed: int) -> Residual:
    return drawn(Residual(), seed)


def functional(seed: int) -> Functional:
    return drawn(Functional(), seed)


def drawn(network: nn.Module, seed: int) -> nn.Module:
    """The network in double precision with random parameters and running statistics."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in network.double().eval().state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        fan_in = tensor[0].numel() if tensor.ndim > 1 else 4
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * (2 / fan_in) ** 0.5)
        if name.endswith("running_var"):
            tensor.abs_().add_(0.2)
        elif ".weight" in name and tensor.ndim == 1:
            tensor.add_(1)
    return network


def images(n: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Random images, with every class among them in turn."""
    generator = torch.Generator().manual_seed(seed + 1000)
    x = torch.randn(n, 2, 6, 6, generator=generator, dtype=torch.float64)
    return x, torch.arange(n) % CLASSES
