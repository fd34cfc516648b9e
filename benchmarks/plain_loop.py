"""The plain training loop that ours is held against, as a script of its own: torch as it comes.

`python benchmarks/plain_loop.py FOLDER MODEL` trains a model for one epoch on the MNIST in the
folder, and prints how many images a second that were.
"""

import sys
import time

import torch
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader

from pruning.models.base import models
from pruning.vision import torchvision

BATCH, RATE, MOMENTUM = 128, 0.05, 0.9


def main(folder: str, model: str) -> None:
    to_tensor = torchvision.transforms.ToTensor()
    images = torchvision.datasets.MNIST(folder, train=True, transform=to_tensor)
    loader = DataLoader(images, batch_size=BATCH, shuffle=True, num_workers=2)
    network = models[model].untrained((1, 28, 28), 10, 0).train()
    optimizer = torch.optim.SGD(network.parameters(), RATE, momentum=MOMENTUM)
    start = time.perf_counter()
    for x, y in loader:
        loss = cross_entropy(network(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(len(images) / (time.perf_counter() - start))


if __name__ == "__main__":
    main(*sys.argv[1:])
