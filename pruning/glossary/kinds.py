"""The kinds of things that are explained, in the order of the page, and where forms offer them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of entry.

    Attributes
    ----------
    name
        What the names of its entries begin with: ``criterion`` of ``criterion-lrp``.
    title
        The heading of its group.
    choices
        The fields of forms whose choices are entries of this kind.
    """

    name: str
    title: str
    choices: tuple[str, ...] = ()


KINDS = (
    Kind("criterion", "Criteria", ("criteria",)),
    Kind("granularity", "What is removed together", ("granularities",)),
    Kind("scope", "Who competes with whom", ("scope",)),
    Kind("schedule", "How sparsity is reached", ("schedule",)),
    Kind("moment", "When it is pruned", ("prune_at",)),
    Kind("budget", "What a sparsity is a share of", ("budget",)),
    Kind("normalisation", "How layers are made comparable"),
    Kind("penalty", "Penalties"),
    Kind("arm", "Arms of guided sparsity", ("arms",)),
    Kind("input_mask", "Masks over the inputs", ("kinds",)),
    Kind("scoring", "Variants of MINT", ("variants",)),
    Kind("measure", "What is measured"),
    Kind("agreement", "How far rankings agree"),
    Kind("notion", "Other notions"),
)
