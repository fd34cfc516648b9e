"""The plain training loop that ours is held against, as a script of its own: torch as it comes.

`python benchmarks/plain_loop.py FOLDER MODEL [masked]` trains a model for one epoch on the MNIST in
the folder, perhaps behind a mask over its inputs, and prints how many images a second that were.
"""

import sys
import time

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader

from pruning.models.base import models
from pruning.vision import torchvision

BATCH, RATE, MOMENTUM = 128, 0.05, 0.9
MASK_RATE, WEIGHT = 0.005, 0.01


class Mask(nn.Module):
    """Sends a pixel or not, by a sigmoid of its logit, with the gradient of the sigmoid."""

    def __init__(self) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.full((1, 1, 28, 28), 3.0))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What is sent of images, and which share of them that is."""
        soft = torch.sigmoid(self.logits)
        hard = (soft > 0.5).float() + soft - soft.detach()
        return x * hard, hard.mean()


def main(folder: str, model: str, what: str = "bare") -> None:
    to_tensor = torchvision.transforms.ToTensor()
    images = torchvision.datasets.MNIST(folder, train=True, transform=to_tensor)
    loader = DataLoader(images, batch_size=BATCH, shuffle=True, num_workers=2)
    network = models[model].untrained((1, 28, 28), 10, 0).train()
    mask = Mask()
    if what == "masked":
        optimizers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(network.parameters(), amsgrad=True),
            torch.optim.AdamW(mask.parameters(), MASK_RATE, amsgrad=True),
        ]
    else:
        optimizers = [torch.optim.SGD(network.parameters(), RATE, momentum=MOMENTUM)]
    start = time.perf_counter()
    for x, y in loader:
        if what == "masked":
            sent, share = mask(x)
            loss = cross_entropy(network(sent), y) + WEIGHT * share
        else:
            loss = cross_entropy(network(x), y)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
    print(len(images) / (time.perf_counter() - start))


if __name__ == "__main__":
    main(*sys.argv[1:])
