"""Looking into a network while it runs, and leaving it as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.hooks import RemovableHandle


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
def hooked(handles: Iterable[RemovableHandle]) -> Iterator[None]:
    """Take hooks off again at the end."""
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


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
    with hooked(handles):
        yield taps


def norms_behind(network: nn.Module, layers: Sequence[str], x: Tensor) -> dict[str, str]:
    """Which batch norm takes the output of a layer, by their names; layers without are left out.

    Norms that are used more than once are left out, too.
    """
    outputs: dict[str, Tensor] = {}
    found: dict[str, list[str]] = {}

    def keep(name: str, output: Tensor) -> None:
        outputs[name] = output

    def match(norm: str, given: Tensor) -> None:
        found.setdefault(norm, []).extend(n for n, output in outputs.items() if output is given)

    handles = [
        network.get_submodule(name).register_forward_hook(
            lambda _, __, output, name=name: keep(name, output)
        )
        for name in layers
    ]
    handles += [
        module.register_forward_pre_hook(lambda _, args, norm=norm: match(norm, args[0]))
        for norm, module in network.named_modules()
        if isinstance(module, _BatchNorm)
    ]
    with hooked(handles), torch.no_grad():
        network(x)
    return {taken[0]: norm for norm, taken in found.items() if len(taken) == 1}


def output_values(network: nn.Module, x: Tensor) -> int:
    """How many values the innermost modules give out together for ``x``."""
    counts: list[int] = []

    def count(_: nn.Module, __: Any, output: Any) -> None:
        counts.append(output.numel() if isinstance(output, Tensor) else 0)

    leaves = [module for module in network.modules() if not list(module.children())]
    handles = [leaf.register_forward_hook(count) for leaf in leaves]
    with hooked(handles), torch.no_grad():
        network(x)
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
