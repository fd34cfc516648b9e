"""Layer-wise relevance propagation through any network that torch.fx can trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn.functional import one_hot
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval
from torch.utils._pytree import tree_flatten, tree_unflatten

from pruning.criteria.base import Rule
from pruning.criteria.evidence.relevance_rules import RULES, Layer, linearised, stabilised
from pruning.structure.tracing import kind, layer_nodes, norm_behind


def layer_relevances(
    graph: fx.GraphModule, layers: Sequence[str], rule: Rule, x: Tensor, y: Tensor
) -> list[Tensor]:
    """Return each sample's relevance at the outputs of ``layers``, before any activation.

    Relevance starts as the logit of the sample's own class, all others zero, and is handed down
    by ``rule`` through linear and convolutional layers, each with the batch norm behind it folded
    in. An addition and a mean share it in proportion to their inputs, max-pooling gives
    it to the largest one, and activation functions and other batch norms pass it on.

    Parameters
    ----------
    graph
        Of a network in eval mode, from :func:`pruning.structure.tracing.traced`; it is left as it
        was.
    x, y
        Inputs and classes, of ``n`` samples.

    Returns
    -------
    list[Tensor]
        One tensor per layer in the shape of its output, ``(n, units, …)``.

    Raises
    ------
    ValueError
        If the network does something that no rule is known for, such as multiplying values.
    """
    nodes = layer_nodes(graph, layers)
    propagation = _Propagation(graph, rule, nodes)
    with torch.enable_grad():
        logits = propagation.run(x.detach().clone().requires_grad_())
        start = logits.detach() * one_hot(y, logits.shape[-1])
        outputs = [propagation.seen[node] for node in nodes]
        return list(torch.autograd.grad(logits, outputs, start, materialize_grads=True))


class _Propagation(fx.Interpreter):
    """Runs the network with operations whose gradients are relevances."""

    def __init__(self, graph: fx.GraphModule, rule: Rule, nodes: Sequence[fx.Node]) -> None:
        super().__init__(graph)
        self.extra_traceback = False
        self.seen: dict[fx.Node, Tensor] = {}
        self._graph = graph
        self._rule = RULES[rule]
        self._watched = nodes
        self._needed = _behind(nodes)

    def run_node(self, n: fx.Node) -> Any:
        if n.op not in ("call_module", "call_function", "call_method"):
            return super().run_node(n)
        result = self._operation(n)
        if n in self._watched:
            self.seen[n] = result
        return result

    def _operation(self, node: fx.Node) -> Any:
        plain, tensors = _call(self.module, node, self.fetch_args_kwargs_from_env(node))
        if not tensors:
            return plain()
        if node not in self._needed:
            # Nobody asks for relevance there; copies, because it may work in place.
            return plain(*(tensor.clone() for tensor in tensors))
        match kind(self._graph, node):
            case "layer":
                return _apply(_Ruled, self._folded(node), self._rule, tensors[0])
            case "norm" if self._is_folded(node):
                return tensors[0]
            case "norm" | "activation":
                return _apply(_Passed, plain, tensors[0])
            case "addition" | "average":
                return _apply(_Shared, plain, *tensors)
            case "identity":
                return tensors[0]
            case "maximum" | "routing":
                return plain(*tensors)
        what = getattr(node.target, "__name__", node.target)
        raise ValueError(f"no rule hands relevance down through {what} ({node.name})")

    def _is_folded(self, norm: fx.Node) -> bool:
        (node,) = norm.all_input_nodes
        return kind(self._graph, node) == "layer" and norm_behind(self._graph, node) is norm

    def _folded(self, node: fx.Node) -> Layer:
        """The layer at ``node``, together with the batch norm behind it: a copy."""
        layer: Any = self.fetch_attr(str(node.target))
        norm = norm_behind(self._graph, node)
        if norm is None:
            return layer  # type: ignore[no-any-return]
        fuse: Callable[[Any, Any], Layer] = (
            fuse_linear_bn_eval if isinstance(layer, nn.Linear) else fuse_conv_bn_eval
        )
        return fuse(layer, self.fetch_attr(str(norm.target)))


def _behind(nodes: Sequence[fx.Node]) -> set[fx.Node]:
    """These, and all that depends on any of them."""
    found, waiting = set(nodes), list(nodes)
    while waiting:
        for user in waiting.pop().users:
            if user not in found:
                found.add(user)
                waiting.append(user)
    return found


def _call(
    graph: Any, node: fx.Node, arguments: tuple[Any, Any]
) -> tuple[Callable[..., Any], list[Tensor]]:
    """The operation at ``node`` as a function of the tensors among its arguments, and these.

    The function holds none of them: a gradient that kept its own outputs alive would never go.
    """
    leaves, shape = tree_flatten(arguments)
    tensors = [leaf for leaf in leaves if isinstance(leaf, Tensor)]
    places = [index for index, leaf in enumerate(leaves) if isinstance(leaf, Tensor)]
    others = [None if isinstance(leaf, Tensor) else leaf for leaf in leaves]
    interpreter = fx.Interpreter(graph)

    def call(*given: Tensor) -> Any:
        filled = list(others)
        for place, tensor in zip(places, given, strict=True):
            filled[place] = tensor
        return getattr(interpreter, node.op)(node.target, *tree_unflatten(filled, shape))

    return call, tensors


def _apply(function: type[torch.autograd.Function], *args: Any) -> Any:
    return function.apply(*args)  # type: ignore[no-untyped-call]


class _Ruled(torch.autograd.Function):
    """A layer; a rule hands relevance down to its input."""

    @staticmethod
    def forward(ctx: Any, layer: Layer, rule: Any, x: Tensor) -> Tensor:
        ctx.layer, ctx.rule = layer, rule
        ctx.save_for_backward(x)
        return layer(x)  # type: ignore[no-any-return]

    @staticmethod
    def backward(ctx: Any, *relevances: Tensor) -> Any:
        (x,) = ctx.saved_tensors
        return None, None, ctx.rule(ctx.layer, x, relevances[0])


class _Passed(torch.autograd.Function):
    """Anything done to each value by itself; relevance passes as it is."""

    @staticmethod
    def forward(_: Any, function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        # A copy, because the function may work in place.
        return function(x.clone())

    @staticmethod
    def backward(_: Any, *relevances: Tensor) -> Any:
        return None, relevances[0]


class _Shared(torch.autograd.Function):
    """A sum or a mean; its inputs share relevance in proportion to what they contribute."""

    @staticmethod
    def forward(ctx: Any, function: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
        ctx.function = function
        ctx.save_for_backward(*inputs)
        return function(*(x.clone() for x in inputs))

    @staticmethod
    def backward(ctx: Any, *relevances: Tensor) -> Any:
        inputs = ctx.saved_tensors
        z, back = linearised(ctx.function, *inputs)
        slopes = back(relevances[0] / stabilised(z))
        return None, *(x * slope for x, slope in zip(inputs, slopes, strict=True))
