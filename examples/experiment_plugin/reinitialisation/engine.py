"""Train a network to draw a pattern, give its layers fresh weights, and see what is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from statistics import fmean, pstdev

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from pruning.context import Context
from pruning.events import Array, Event, Frame, Progress
from pruning.threads import one_thread
from reinitialisation.config import ReinitialisationConfig
from reinitialisation.outputs import CURVE, TABLE

LEARNING_RATE = 0.005
REPORT_EVERY = 20


def run(config: ReinitialisationConfig, context: Context) -> Iterator[Event]:
    """All seeds; the drawings are those of the first."""
    points, target = _pattern(config)
    yield Frame(name="target", arrays={"drawing": _picture(target, config.grid)})
    losses: dict[tuple[str, int], list[float]] = defaultdict(list)
    with one_thread():
        for place, seed in enumerate(config.seeds):
            network = _network(config, context.generator("initial weights", seed))
            yield from _train(network, points, target, config, place, context)
            fresh = _network(config, context.generator("fresh weights", seed))
            for name in config.orders:
                chance = context.generator("order of layers", seed)
                order = _order(name, config.layers, chance)
                for count, mixed in enumerate(_mixtures(network, fresh, order)):
                    with torch.inference_mode():
                        drawn = mixed(points)
                    loss = float(mse_loss(drawn, target))
                    losses[name, count].append(loss)
                    yield TABLE.row(order=name, layers=count, seed=seed, loss=loss)
                    mean, sd = fmean(losses[name, count]), pstdev(losses[name, count])
                    yield from CURVE.band(count, mean, sd, {"order": name})
                    if place == 0:
                        picture = _picture(drawn, config.grid)
                        yield Frame(name=f"drawing/{name}", at=count, arrays={"drawing": picture})
    total = config.steps * len(config.seeds)
    yield Progress(done=total, total=total, message="Measured every mixture of layers")


def _pattern(config: ReinitialisationConfig) -> tuple[Tensor, Tensor]:
    """Points of the plane, shape ``(n, 2)``, and what is to be drawn there, from -1 to 1."""
    side = torch.linspace(-1, 1, config.grid)
    points = torch.cartesian_prod(side, side)
    if config.pattern == "rings":
        return points, torch.cos(3 * torch.pi * points.norm(dim=1, keepdim=True))
    return points, torch.sin(torch.pi * points.sum(dim=1, keepdim=True))


def _network(config: ReinitialisationConfig, generator: torch.Generator) -> nn.Sequential:
    """Layers with a ReLU behind each but the last."""
    widths = [2, *[config.width] * (config.layers - 1), 1]
    network = nn.Sequential()
    for fan_in, fan_out in pairwise(widths):
        layer = nn.utils.skip_init(nn.Linear, fan_in, fan_out)
        nn.init.kaiming_uniform_(layer.weight, generator=generator)
        nn.init.uniform_(layer.bias, -(fan_in**-0.5), fan_in**-0.5, generator=generator)
        network.extend([layer, nn.ReLU()])
    return network[:-1]


def _train(
    network: nn.Sequential,
    points: Tensor,
    target: Tensor,
    config: ReinitialisationConfig,
    place: int,
    context: Context,
) -> Iterator[Progress]:
    optimiser = torch.optim.Adam(network.parameters(), LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, config.steps)
    for step in range(1, config.steps + 1):
        context.check()
        loss = mse_loss(network(points), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % REPORT_EVERY == 0:
            said = f"Training network {place + 1} of {len(config.seeds)}: loss {loss:.3g}"
            done = place * config.steps + step
            yield Progress(done=done, total=len(config.seeds) * config.steps, message=said)


def _order(name: str, layers: int, generator: torch.Generator) -> list[int]:
    """The layers as they get fresh weights, one after another."""
    if name == "random":
        return torch.randperm(layers, generator=generator).tolist()
    return list(range(layers)) if name == "first" else list(reversed(range(layers)))


def _mixtures(
    trained: nn.Sequential, fresh: nn.Sequential, order: list[int]
) -> Iterator[nn.Sequential]:
    """The trained network, then with ever more layers of the fresh one in their places."""
    mixed = list(trained)
    yield trained
    for layer in order:
        # Behind each layer stands its activation.
        mixed[2 * layer] = fresh[2 * layer]
        yield nn.Sequential(*mixed)


def _picture(values: Tensor, side: int) -> Array:
    """Values from -1 to 1 as brightness."""
    return Array.of((values.clamp(-1, 1) + 1).view(side, side).numpy() * 127.5, "u1")
