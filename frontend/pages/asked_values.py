"""What a form shows: what its address asks for, what was typed before, what a run was made with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, TypedDict
from urllib.parse import parse_qsl

from backend.problems import Problem
from backend.runs import Run
from backend.services import Services
from backend.submission import row_for
from frontend.components.schema_form import entered
from frontend.schemas import field_names, flat
from pruning.experiments.base import experiments
from pruning.recipes.base import recipes
from pruning.registry import UnknownNameError


class KeptForm(TypedDict):
    """What ``assets/pages/form.js`` has kept of a form: the values of its controls."""

    experiment: str
    values: dict[str, Any]


def known(kept: KeptForm | None) -> tuple[str, dict[str, Any]] | None:
    """What was kept of a form, as far as there are such fields still."""
    if kept is None or kept["experiment"] not in experiments.names():
        return None
    fields = field_names(experiments[kept["experiment"]].config)
    values = {name: value for name, value in kept["values"].items() if name in fields}
    return kept["experiment"], values


def wrong_with(experiment: str, values: Mapping[str, Any]) -> Problem | None:
    """Why what was typed cannot be run; None if it can."""
    ids = [{"name": name} for name in values]
    try:
        config = entered(experiments[experiment].config, ids, list(values.values()))
        row_for(experiment, config, "", ())
    except Problem as problem:
        return problem
    return None


async def asked(services: Services, search: str) -> tuple[str, dict[str, Any]]:
    """The experiment and the values that an address asks for; the first where it asks nothing."""
    # An empty value stands for none.
    query = dict(parse_qsl(search.removeprefix("?"), keep_blank_values=True))
    try:
        experiment, values = await _basis(services, query)
        is_known = experiment in experiments.names()
        fields = field_names(experiments[experiment].config) if is_known else []
    except UnknownNameError as error:
        raise Problem(404, "Not found", f"There is no such address: {error}.") from None
    return experiment, values | {name: query[name] for name in fields if name in query}


async def _basis(services: Services, query: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The experiment, and what its form shows but for single settings."""
    if query.get("run"):
        run = await asyncio.to_thread(services.runs.get, query["run"])
        return run.experiment, values_of(run)
    if query.get("recipe"):
        found = recipes[query["recipe"]]
        return found.experiment, flat(found.checked_config().model_dump(mode="json"))
    return experiments[query.get("experiment") or experiments.names()[0]].name, {}


def values_of(run: Run) -> dict[str, Any]:
    """What a run was made with, as the form shows it."""
    if run.experiment not in experiments.names():
        return flat(run.config)
    return flat(experiments[run.experiment].config.of_older(run.config))
