"""What a model is, and how one is registered: a function that builds a network for images."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pruning.context import CannotRunError
from pruning.models.code import code_digest
from pruning.randomness import torch_seed
from pruning.registry import Choice, Registry

if TYPE_CHECKING:
    from torch import nn

Shape = tuple[int, int, int]
Build = Callable[[Shape, int], "nn.Module"]

# What people may write instead of a layer's name.
FIRST = "first"
OUTPUT = "output"


@dataclass(frozen=True)
class Model:
    """A network architecture.

    Attributes
    ----------
    build
        ``build(shape, classes)`` makes the network with initial weights from torch's default
        generator; ``shape`` is that of one image, (channels, height, width). Its last layer is
        called ``output``.
    least
        The smallest height and width, in pixels, that it takes.
    paper
        Where it comes from, in words, if no bibliography knows it.
    papers
        Where it comes from, as keys of :mod:`pruning.references`.
    norms
        Whether there may be batch norms. Where there are none, criteria that go by their scales
        are refused before the network is built, which takes torch.
    layers
        The names of its convolutions and linear layers, in order, where they are the same for all
        images: others are refused before the network is built. Empty: only the network tells.
    loaded
        What :attr:`code` was when a file of a user's was read.
    """

    name: str
    title: str
    description: str
    least: int
    build: Build
    papers: tuple[str, ...] = ()
    norms: bool = True
    layers: tuple[str, ...] = ()
    paper: str = ""
    loaded: str = ""

    @property
    def code(self) -> str:
        """What the code comes to that builds and runs the network, in few digits.

        Raises
        ------
        CannotRunError
            If the file has changed since it was read: this process has the old code.
        """
        found = code_digest(self.build)
        if self.loaded and found != self.loaded:
            raise CannotRunError(
                f"the code of {self.title} has changed since PruneLab was started: start it again"
            )
        return found

    def refusal(self, shape: Shape) -> str | None:
        """Why images of this shape do not fit, with what to change; None if they do."""
        _, height, width = shape
        if min(height, width) >= self.least:
            return None
        return (
            f"{self.title} needs images of at least {self.least} × {self.least} pixels; "
            f"these have {height} × {width}"
        )

    def misnamed(self, names: Iterable[str], words: Collection[str] = ()) -> str | None:
        """Why one of these cannot be a layer, with those that there are; None if all can be.

        Parameters
        ----------
        words
            What may stand there instead of a name, such as :data:`FIRST` and :data:`OUTPUT`.
        """
        known = {*self.layers, *words}
        wrong = next((name for name in names if self.layers and name not in known), None)
        return wrong and no_such_layer(self.title, wrong, self.layers)

    def untrained(self, shape: Shape, classes: int, seed: int) -> nn.Module:
        """The network with the initial weights that ``seed`` draws, on the CPU."""
        import torch

        with torch.random.fork_rng(devices=[]):
            # torch.manual_seed would reseed every GPU as well.
            torch.default_generator.manual_seed(torch_seed("initial weights", seed))
            return self.build(shape, classes)


def no_such_layer(model: str, name: str, there: Iterable[str]) -> str:
    """What is said of a layer that a model does not have."""
    return f"{model} has no layer {name}; there are {', '.join(there)}"


models: Registry[Model] = Registry("model", "pruning.models")

ModelName = Annotated[str, Choice(models)]

_collected: ContextVar[list[Model] | None] = ContextVar("collected", default=None)


@contextmanager
def collect() -> Iterator[list[Model]]:
    """Collect the models that are defined meanwhile in place of registering them."""
    found: list[Model] = []
    token = _collected.set(found)
    try:
        yield found
    finally:
        _collected.reset(token)


def model(
    name: str,
    *,
    title: str,
    description: str,
    least: int = 1,
    papers: tuple[str, ...] = (),
    norms: bool = True,
    layers: tuple[str, ...] = (),
    paper: str = "",
) -> Callable[[Build], Build]:
    """Register the decorated function as what builds the model ``name``."""

    def register(build: Build) -> Build:
        entry = Model(name, title, description, least, build, papers, norms, layers, paper)
        collected = _collected.get()
        if collected is None:
            models.add(entry)
        else:
            collected.append(entry)
        return build

    return register
