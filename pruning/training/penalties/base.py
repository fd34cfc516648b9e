"""What a penalty is, for forms and for the loop; importable without torch.

A penalty is a decorated function that makes a hook, and appears in every form by itself::

    @penalty("weight_l4", title="L4", description="Times the sum of w⁴.")
    def weight_l4(trained: Trained, factor: float) -> Hook:
        return L4(trained.weights, factor)

``pruning.checks.check_penalty`` holds it against autograd.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pruning.context import CannotRunError
from pruning.registry import Registry, UnknownNameError

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

    from pruning.training.optimisers import Training
    from pruning.training.penalising import Penalty

_SIGN = "="
MOST = 100


@dataclass(frozen=True, eq=False)
class Trained:
    """What a penalty acts on.

    Attributes
    ----------
    spared
        Names of layers without penalties, or the words ``first`` and ``output`` for those that
        are defined first and last.
    optimizer
        What moves the weights besides.
    """

    network: nn.Module
    optimizer: Optimizer
    spared: tuple[str, ...] = ()

    @property
    def weights(self) -> list[Tensor]:
        """The weights of the convolutions and linear layers that are penalised; no biases.

        Raises
        ------
        CannotRunError
            If there is no layer of a name that is to be spared.
        """
        from pruning.structure.groups import excluded
        from pruning.structure.units import layers_of

        layers = layers_of(self.network)
        try:
            spared = excluded(self.spared, list(layers))
        except ValueError as error:
            raise CannotRunError(f"layers without penalties: {error}") from error
        left_alone = {layers[name].weight for name in spared}
        # Layers that share their weight are penalised once, and spared with any of them.
        weights = dict.fromkeys(layer.weight for layer in layers.values())
        return [weight for weight in weights if weight not in left_alone]

    @property
    def norm_scales(self) -> list[Tensor]:
        """The scales γ of all batch norms that have some."""
        from torch.nn.modules.batchnorm import _BatchNorm

        norms = [module for module in self.network.modules() if isinstance(module, _BatchNorm)]
        return [norm.weight for norm in norms if norm.affine]


Make = Callable[[Trained, float], "Penalty"]


@dataclass(frozen=True)
class PenaltyKind:
    """A penalty by name.

    Attributes
    ----------
    make
        ``make(trained, factor)`` is the hook of one training.
    papers
        Where it was proposed, as keys of :mod:`pruning.references`.
    """

    name: str
    title: str
    description: str
    make: Make
    papers: tuple[str, ...] = ()


penalties: Registry[PenaltyKind] = Registry("penalty", "pruning.training.penalties")


def penalty(
    name: str, *, title: str, description: str, papers: tuple[str, ...] = ()
) -> Callable[[Make], Make]:
    """Register the decorated function as the penalty ``name``."""

    def register(make: Make) -> Make:
        penalties.add(PenaltyKind(name, title, description, make, papers), make.__module__)
        return make

    return register


def coefficients(texts: Iterable[str]) -> dict[str, float]:
    """Read ``NAME=COEFFICIENT``, one for each penalty.

    Raises
    ------
    ValueError
        If one is not written so, is of no registered penalty, or stands there twice.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, sign, number = (part.strip() for part in text.partition(_SIGN))
        if not sign:
            raise ValueError(f"write NAME{_SIGN}COEFFICIENT, such as {_example()}, not {text!r}")
        try:
            penalties[name]
        except UnknownNameError as error:
            raise ValueError(str(error)) from None
        if name in found:
            raise ValueError(f"{name} stands there twice")
        found[name] = _coefficient(name, number)
    return found


def _example() -> str:
    return f"{penalties.names()[-1]}{_SIGN}0.001"


def _coefficient(name: str, text: str) -> float:
    try:
        coefficient = float(text)
    except ValueError:
        raise ValueError(f"the coefficient of {name} has to be a number, not {text!r}") from None
    if not 0 <= coefficient <= MOST:
        raise ValueError(f"the coefficient of {name} has to be from 0 to {MOST}, not {text}")
    return coefficient


def penalties_of(
    network: nn.Module, training: Training, optimizer: Optimizer
) -> dict[str, Penalty]:
    """The hooks that a training asks for, by the names of their penalties."""
    trained = Trained(network, optimizer, training.spared)
    asked: Mapping[str, float] = {
        **{name: getattr(training, name) for name in ("l1", "l2", "norm_l1")},
        **dict(training.penalties),
    }
    return {name: penalties[name].make(trained, factor) for name, factor in asked.items() if factor}
