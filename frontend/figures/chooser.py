"""A choice that figures and tables follow."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Chooser:
    """A choice that figures and tables follow: ``{NAME}`` in a binding stands for what is chosen.

    The first of ``options``, words for people by what they stand for, is chosen at the beginning.
    Where only a run can tell what there is, ``source`` names a table of its result and the column
    that lists the options.
    """

    name: str
    title: str
    options: dict[str, str] = field(default_factory=dict)
    source: tuple[str, str] | None = None
