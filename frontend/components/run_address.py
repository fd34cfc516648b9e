"""What a list of runs is narrowed to, in its address: ``/runs?search=moon&status=done&sort=title``.

The names are those of ``GET /api/runs``; ``assets/pages/run_table.js`` writes the address.
"""

from __future__ import annotations

from typing import cast, get_args
from urllib.parse import parse_qs

from backend.run_list import Sort, Wanted
from frontend.components.run_list import STATUS
from pruning.experiments.base import experiments


def tab_of(search: str) -> str:
    """Which of the page's lists an address asks for: the queue, the bin, or all runs."""
    asked = parse_qs(search.removeprefix("?"), keep_blank_values=True)
    return next((name for name in ("queue", "bin") if name in asked), "")


def wanted_at(search: str) -> Wanted:
    """What an address asks for; what does not exist is not asked for."""
    asked = parse_qs(search.removeprefix("?"))

    def first(name: str) -> str:
        return asked.get(name, [""])[0]

    experiment, sort = first("experiment"), first("sort")
    return Wanted(
        experiment=experiment if experiment in experiments.names() else "",
        dataset=first("dataset"),
        model=first("model"),
        criteria=first("criteria"),
        tag=first("tag"),
        status=tuple(status for status in asked.get("status", []) if status in STATUS),
        search=first("search")[:200],
        starred=first("starred") == "true",
        bin=tab_of(search) == "bin",
        sort=cast("Sort", sort if sort in get_args(Sort) else "created"),
        descending=first("descending") != "false",
    )
