"""What criteria look at in a network for images, and the scores that they give its layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from math import ceil
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn.functional import cross_entropy

from pruning.criteria.base import Criterion, Granularity, Rule
from pruning.criteria.evidence import weights as weight_evidence
from pruning.criteria.evidence.batch_norms import Statistics, normalising
from pruning.criteria.evidence.relevance import layer_relevances
from pruning.masks.ranking import normalise
from pruning.randomness import torch_generator
from pruning.structure.hooks import evaluating, norms_behind, output_values, tapped, values_at
from pruning.structure.tracing import handed_on, layer_nodes, norm_behind, traced

# How many values, of all modules' outputs, a block of samples may have: a pass keeps a few
# such arrays, 64 MiB each in single precision.
BLOCK_VALUES = 1 << 24
# A second derivative keeps several times as much as a first one.
HESSIAN_SHARE = 4
# How many samples share their statistics where batch norm takes those of the samples: a minibatch,
# as in training. Scores depend on it, so that it does not depend on what fits in memory.
NORM_SAMPLES = 128

Layer = nn.Linear | nn.Conv2d


class Evidence:
    """One set of samples as a network sees it in eval mode; see :class:`Samples` for the names.

    What several criteria need is computed once, when first asked for, in blocks of samples that
    bound the memory, on the network's device. The network is left as it was.

    Parameters
    ----------
    network
        Takes images to logits. ``outputs``, ``zeros``, ``relevances`` and ``norm_scales`` follow
        its operations and raise ``ValueError`` where torch.fx cannot.
    layers
        The names of the linear and convolutional layers to look at, each used once.
    x, y
        Samples, shape ``(n, …)``, and their classes, shape ``(n,)``.
    seed
        For criteria that draw.

    Raises
    ------
    ValueError
        If a name is not that of a linear or convolutional layer.
    """

    sets = 1

    def __init__(
        self, network: nn.Module, layers: Sequence[str], x: Tensor, y: Tensor, seed: int
    ) -> None:
        self.network = network
        self.layers = list(layers)
        self._modules = [_layer(network, name) for name in layers]
        self._device = next(network.parameters()).device
        self._x, self._y, self._seed = x, y, seed
        self._relevances: dict[Rule, list[Tensor]] = {}
        self._by_weights: dict[tuple[float, Statistics], dict[str, Tensor]] = {}

    @property
    def generators(self) -> list[torch.Generator]:
        """A fresh generator, on the CPU."""
        return [torch_generator("scores by chance", self._seed)]

    @property
    def weights(self) -> list[Tensor]:
        """The layers' weights, shape ``(units, …)``."""
        return [module.weight.detach() for module in self._modules]

    @property
    def activations(self) -> list[Tensor]:
        """The layers' outputs, mean over positions, each of shape ``(1, n, units)``.

        Behind the batch norm, where one takes them: there a removed unit is zero. Gradients and
        products are of the same place.
        """
        return self._passes[0]

    @property
    def gradients(self) -> list[Tensor]:
        """The gradients by these outputs, summed over positions, ``(1, n, units)``."""
        return self._passes[1]

    @property
    def products(self) -> list[Tensor]:
        """Outputs times gradients, summed over positions, ``(1, n, units)``."""
        return self._passes[2]

    @property
    def outputs(self) -> list[Tensor]:
        """What the units hand on, by absolute value, mean over positions, ``(1, n, units)``.

        Where that is, :func:`pruning.structure.tracing.handed_on` says.
        """
        return self._handed_on[0]

    @property
    def zeros(self) -> list[Tensor]:
        """The share of positions at which a unit hands on nothing or less, ``(1, n, units)``."""
        return self._handed_on[1]

    def relevances(self, rule: Rule) -> list[Tensor]:
        """The relevance at each unit, summed over positions, ``(1, n, units)``."""
        if rule not in self._relevances:
            self._relevances[rule] = self._relevance(rule)
        return self._relevances[rule]

    @cached_property
    def norm_scales(self) -> list[Tensor | None]:
        """The scales of the batch norm behind each layer, shape ``(units,)``; None without."""
        norms = [norm_behind(self._graph, node) for node in self._nodes]
        modules = [norm and self.network.get_submodule(str(norm.target)) for norm in norms]
        scales: list[Any] = [getattr(module, "weight", None) for module in modules]
        return [None if scale is None else scale.detach() for scale in scales]

    def weight_gradients(
        self, temperature: float = 1.0, batch_norm: Statistics = "eval"
    ) -> list[Tensor]:
        """The gradient of the mean cross-entropy by each layer's weights, in their shapes.

        Parameters
        ----------
        temperature
            Logits are divided by it.
        batch_norm
            ``eval``: with the statistics that training has gathered; ``train``: with those of the
            samples, in equal minibatches of at most :data:`NORM_SAMPLES`, and without changing what
            is gathered.
        """
        found = self._gradients_by_weights(temperature, batch_norm)
        return [found[name] for name in self.layers]

    def hessian_products(
        self, temperature: float = 1.0, batch_norm: Statistics = "eval"
    ) -> list[Tensor]:
        """``H g`` by each layer's weights, in their shapes.

        ``g`` and ``H`` are the gradient and the Hessian of the mean cross-entropy by the weights
        of all layers of the network, with the same samples normalised together; the settings are
        those of :meth:`weight_gradients`.
        """
        along = self._gradients_by_weights(temperature, batch_norm)
        blocks = self._blocks(HESSIAN_SHARE, batch_norm)
        with normalising(self.network, batch_norm):
            found = weight_evidence.hessian_products(self.network, blocks, along, temperature)
        return [found[name] for name in self.layers]

    def minibatch_gradients(self, size: int) -> Iterator[list[Tensor]]:
        """The gradients by the layers' weights, of the mean loss of each ``size`` samples."""
        with evaluating(self.network):
            for start in range(0, len(self._y), size):
                part = slice(start, start + size)
                pair = self._x[part].to(self._device), self._y[part].to(self._device)
                found = weight_evidence.gradients(self.network, [pair])
                yield [found[name] for name in self.layers]

    def movements(self, steps: int, size: int, rate: float) -> list[Tensor]:
        """``-Σ g * w`` over steps of gradient descent on minibatches, in the weights' shapes.

        The network stays as it was; the samples are taken in turn, ``size`` at a time.
        """
        parts = ceil(len(self._y) / size)
        batches = [
            (x.to(self._device), y.to(self._device))
            for x, y in zip(torch.split(self._x, size), torch.split(self._y, size), strict=True)
        ]
        with evaluating(self.network):
            turns = (batches[step % parts] for step in range(steps))
            found = weight_evidence.movements(self.network, turns, rate)
        return [found[name] for name in self.layers]

    @cached_property
    def input_norms(self) -> list[Tensor]:
        """The L2 norm of what each weight multiplies, over samples and positions.

        One tensor per layer, in the shape of its weights.
        """
        with evaluating(self.network):
            squares = [
                weight_evidence.input_squares(self.network, self.layers, x)
                for x, _ in self._blocks()
            ]
        return [torch.stack(parts).sum(dim=0).sqrt() for parts in zip(*squares, strict=True)]

    @cached_property
    def synaptic_flow(self) -> list[Tensor]:
        """The flow through each layer's weights, in their shapes, float64; looks at no sample."""
        found = weight_evidence.synaptic_flow(self.network, self._x.shape[1:])
        return [found[name] for name in self.layers]

    def _gradients_by_weights(
        self, temperature: float, batch_norm: Statistics
    ) -> dict[str, Tensor]:
        if batch_norm == "train" and len(self._y) < 2:
            raise ValueError(
                "a single reference sample has no variance, which batch norm needs: take more of "
                "them, or the statistics that training has gathered"
            )
        key = (temperature, batch_norm)
        if key not in self._by_weights:
            blocks = self._blocks(batch_norm=batch_norm)
            with normalising(self.network, batch_norm):
                found = weight_evidence.gradients(self.network, blocks, temperature)
            self._by_weights[key] = found
        return self._by_weights[key]

    @cached_property
    def _watched(self) -> list[str]:
        """Where removal acts: the batch norms behind the layers, the layers where there are none.

        Scored before the norm, a unit is asked what the loss would do without its deviation from
        zero, which the norm would move back to the mean; the masks remove it behind.
        """
        with evaluating(self.network):
            norms = norms_behind(self.network, self.layers, self._x[:1].to(self._device))
        return [norms.get(name, name) for name in self.layers]

    @cached_property
    def _graph(self) -> fx.GraphModule:
        with evaluating(self.network):
            return traced(self.network)

    @cached_property
    def _nodes(self) -> list[fx.Node]:
        return layer_nodes(self._graph, self.layers)

    @cached_property
    def _passes(self) -> list[list[Tensor]]:
        """Activations, gradients and their products."""

        def look(x: Tensor, y: Tensor) -> list[list[Tensor]]:
            with tapped(self.network, self._watched) as taps, torch.enable_grad():
                loss = cross_entropy(self.network(x.requires_grad_()), y, reduction="sum")
                found = [taps[name] for name in self._watched]
                slopes = torch.autograd.grad(loss, found, materialize_grads=True)
            activations = self._by_unit([tap.detach() for tap in found])
            gradients = self._by_unit(slopes)
            pairs = zip(activations, gradients, strict=True)
            return [
                [activation.mean(dim=1) for activation in activations],
                [gradient.sum(dim=1) for gradient in gradients],
                [(activation * gradient).sum(dim=1) for activation, gradient in pairs],
            ]

        return self._seen(look)

    @cached_property
    def _handed_on(self) -> list[list[Tensor]]:
        """The sizes of what the units hand on, and the shares of zeros."""
        watched = [handed_on(self._graph, node) for node in self._nodes]

        def look(x: Tensor, _: Tensor) -> list[list[Tensor]]:
            found = self._by_unit(values_at(self._graph, watched, x))
            return [
                [value.abs().mean(dim=1) for value in found],
                [(value <= 0).to(value.dtype).mean(dim=1) for value in found],
            ]

        return self._seen(look)

    def _relevance(self, rule: Rule) -> list[Tensor]:
        def look(x: Tensor, y: Tensor) -> list[list[Tensor]]:
            found = layer_relevances(self._graph, self.layers, rule, x, y)
            return [[relevance.sum(dim=1) for relevance in self._by_unit(found)]]

        return self._seen(look)[0]

    def _by_unit(self, values: Sequence[Tensor]) -> list[Tensor]:
        """Values of the layers as ``(n, positions, units)``."""
        pairs = zip(self._modules, values, strict=True)
        return [_by_unit(module, value) for module, value in pairs]

    def _seen(self, look: Callable[[Tensor, Tensor], list[list[Tensor]]]) -> list[list[Tensor]]:
        """What ``look`` sees in all blocks: per quantity and layer ``(1, n, units)``."""
        with evaluating(self.network):
            parts = [look(x, y) for x, y in self._blocks()]
        quantities = zip(*parts, strict=True)
        return [
            [torch.cat(blocks)[None] for blocks in zip(*quantity, strict=True)]
            for quantity in quantities
        ]

    def _blocks(
        self, share: int = 1, batch_norm: Statistics = "eval"
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """The samples and their classes in equal blocks, as copies on the network's device.

        In eval mode no sample sees another, and memory bounds the blocks.
        """
        fitting = max(1, BLOCK_VALUES // share // self._values)
        size = NORM_SAMPLES if batch_norm == "train" else fitting
        count = max(1, ceil(len(self._y) / size))
        pairs = zip(self._x.tensor_split(count), self._y.tensor_split(count), strict=True)
        return ((x.detach().to(self._device, copy=True), y.to(self._device)) for x, y in pairs)

    @cached_property
    def _values(self) -> int:
        """How many values all modules give out for one sample."""
        with evaluating(self.network):
            return max(1, output_values(self.network, self._x[:1].to(self._device)))


def _layer(network: nn.Module, name: str) -> Layer:
    modules = dict(network.named_modules())
    module = modules.get(name)
    if not isinstance(module, Layer):
        known = ", ".join(name for name, module in modules.items() if isinstance(module, Layer))
        raise ValueError(f"the network has no layer {name!r}; its layers are {known}")
    return module


def _by_unit(module: Layer, values: Tensor) -> Tensor:
    """Values as ``(n, positions, units)``: channels come second, linear outputs last."""
    if isinstance(module, nn.Conv2d):
        return values.flatten(2).transpose(1, 2)
    return values.reshape(len(values), -1, values.shape[-1])


def score_layers(
    network: nn.Module,
    layers: Sequence[str],
    criterion: Criterion,
    granularity: Granularity,
    x: Tensor,
    y: Tensor,
    seed: int,
) -> dict[str, Tensor]:
    """Score the units or the single weights of layers; the lowest go first.

    Parameters
    ----------
    network, layers, x, y, seed
        See :class:`Evidence`; the network is left as it was.
    granularity
        ``unit``: scores of shape ``(units,)``, normalised per layer as the criterion says;
        ``weight``: scores in the shapes of the layers' weights, as they are.

    Returns
    -------
    dict[str, Tensor]
        By the layer's name, on the CPU. A layer whose scores are all zero has NaN where the
        criterion normalises; see :func:`pruning.masks.ranking.usable`.

    Raises
    ------
    ValueError
        If the criterion means nothing for single weights, or the network lacks what it needs.
    """
    evidence = Evidence(network, layers, x, y, seed)
    if granularity == "unit":
        joint = normalise(criterion.score_units(evidence), criterion.normalisation)
        scores = [score[0] for score in joint]
    else:
        scores = criterion.score_weights(evidence)
    return {name: score.cpu() for name, score in zip(layers, scores, strict=True)}
