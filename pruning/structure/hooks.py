"""Looking into a network while it runs, and leaving it as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, fx, nn


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Eval mode for as long as the context lasts; then every module has its own mode again."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


@contextmanager
def tapped(network: nn.Module, layers: Sequence[str]) -> Iterator[dict[str, Tensor]]:
    """Collect the outputs of ``layers``, as parts of the graph, while the network runs.

    Raises
    ------
    ValueError
        If a layer is used more than once, at its second use, or never, at the end.
    """
    taps: dict[str, Tensor] = {}

    def keep(name: str, output: Tensor) -> Tensor:
        if name in taps:
            raise ValueError(f"the network uses its layer {name!r} more than once")
        taps[name] = output
        # What comes behind, such as a ReLU, may work in place.
        return output.clone()

    handles = [
        network.get_submodule(name).register_forward_hook(
            lambda _, __, output, name=name: keep(name, output)
        )
        for name in layers
    ]
    try:
        yield taps
    finally:
        for handle in handles:
            handle.remove()


def output_values(network: nn.Module, x: Tensor) -> int:
    """How many values the innermost modules give out together for ``x``."""
    counts: list[int] = []

    def count(_: nn.Module, __: Any, output: Any) -> None:
        counts.append(output.numel() if isinstance(output, Tensor) else 0)

    leaves = [module for module in network.modules() if not list(module.children())]
    handles = [leaf.register_forward_hook(count) for leaf in leaves]
    try:
        with torch.no_grad():
            network(x)
    finally:
        for handle in handles:
            handle.remove()
    return sum(counts)


def values_at(graph: fx.GraphModule, nodes: Sequence[fx.Node], x: Tensor) -> list[Tensor]:
    """The values at ``nodes`` when the network runs on ``x``, without their graph."""
    watcher = _Watcher(graph, nodes)
    with torch.no_grad():
        watcher.run(x)
    return [watcher.seen[node] for node in nodes]


class _Watcher(fx.Interpreter):
    def __init__(self, graph: fx.GraphModule, nodes: Sequence[fx.Node]) -> None:
        super().__init__(graph)
        self._nodes = nodes
        self.seen: dict[fx.Node, Tensor] = {}

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        if n in self._nodes:
            # A copy, because what comes behind may work in place.
            self.seen[n] = result.clone()
        return result
