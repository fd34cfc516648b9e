"""Putting kept tensors back into a network."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn


def load_state(network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Load all tensors of a network, of this or of another one of its kind.

    Copies and files of tensors do not carry the versions of the modules that they are of, and
    modules that ask for it take such tensors for those of an older version, or refuse them.

    Raises
    ------
    RuntimeError
        If names or shapes differ.
    """
    state: Any = OrderedDict(tensors)
    state._metadata = getattr(network.state_dict(), "_metadata", {})
    network.load_state_dict(state)
