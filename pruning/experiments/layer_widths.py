"""How wide the layers of a network of dense layers are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerWidths:
    """The number of inputs, of units in each hidden layer, and of classes."""

    inputs: int
    hidden: tuple[int, ...]
    classes: int

    @property
    def units(self) -> int:
        """How many hidden units there are; they are counted through from the input on."""
        return sum(self.hidden)

    @property
    def all(self) -> tuple[int, ...]:
        """The widths of all layers. A layer of connections leads from each to the next."""
        return self.inputs, *self.hidden, self.classes
