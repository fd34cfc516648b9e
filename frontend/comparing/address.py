"""The address of a comparison: ``/compare?runs=ID,ID&by=variant``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args
from urllib.parse import parse_qs, urlencode

from pydantic import TypeAdapter, ValidationError

from backend.dashboards import By, Grouping
from backend.problems import Problem

PATH = "/compare"
_GROUPING: TypeAdapter[By] = TypeAdapter(By)


@dataclass(frozen=True)
class Asked:
    """What an address asks for: each run once, and what colours stand for, if it says."""

    runs: tuple[str, ...] = ()
    by: By | None = None

    @property
    def search(self) -> str:
        """What stands behind the path."""
        pairs = {"runs": ",".join(self.runs), **({"by": self.by} if self.by else {})}
        return f"?{urlencode(pairs, safe=',')}" if self.runs else ""

    @property
    def href(self) -> str:
        """The whole address."""
        return PATH + self.search

    def with_run(self, run_id: str) -> Asked:
        """The same with one more run."""
        return Asked(tuple(dict.fromkeys([*self.runs, run_id])), self.by)

    def without(self, run_id: str) -> Asked:
        """The same without a run."""
        return Asked(tuple(each for each in self.runs if each != run_id), self.by)

    def told_by(self, by: By) -> Asked:
        """The same with other colours."""
        return Asked(self.runs, by)


def asked_of(search: str) -> Asked:
    """What an address asks for, from behind its path."""
    found = parse_qs(search.removeprefix("?"))
    ids = [each.strip() for part in found.get("runs", []) for each in part.split(",")]
    return Asked(tuple(dict.fromkeys(filter(None, ids))), _by(found.get("by", [])))


def _by(said: list[str]) -> By | None:
    """What colours stand for; nothing where it was left empty."""
    for name in filter(None, said):
        try:
            return _GROUPING.validate_python(name)
        except ValidationError:
            names = ", ".join(get_args(Grouping))
            told = f"Colours can stand for {names}; choose one."
            raise Problem(422, "No such comparison", told) from None
    return None


def comparison_href(run_ids: Sequence[str]) -> str:
    """The address of a comparison of these runs."""
    return Asked(tuple(run_ids)).href
