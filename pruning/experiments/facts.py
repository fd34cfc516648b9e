"""Words for the facts that several experiments know of their runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pruning.criteria.base import criteria
from pruning.experiments.outputs import Variant


def criterion_variants(names: Iterable[str]) -> tuple[Variant, ...]:
    """Criteria as what curves and panels are of; one that is gone has its name alone."""
    known = {each.name: each for each in criteria}
    return tuple(
        Variant("criterion", name, known[name].title, known[name].description)
        if name in known
        else Variant("criterion", name, name)
        for name in names
    )


def perceptron(hidden: Sequence[int]) -> str:
    """What a network is called that is given by the widths of its hidden layers."""
    return f"mlp {'-'.join(map(str, hidden))}"
