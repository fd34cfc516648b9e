"""What is made of a request for a run: a checked configuration, in a row of its own."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from backend.problems import FieldError, Problem, invalid
from backend.store.facts import describe
from backend.store.models import RunRow
from backend.store.repository import now
from pruning.experiments.base import Experiment, ExperimentConfig, config_hash, experiments
from pruning.experiments.fields import UPLOAD
from pruning.registry import UnknownNameError

MOST_TAGS = 20
LONGEST_TAG = 50
LONGEST_TITLE = 200


def row_for(experiment: str, config: dict[str, Any], title: str, tags: Iterable[str]) -> RunRow:
    """A new run that waits.

    Raises
    ------
    Problem
        422 for an unknown experiment, a bad configuration, or a title or tags that are too long.
    """
    study, configuration = checked(experiment, config)
    row = RunRow(
        id=secrets.token_hex(6),
        experiment=experiment,
        title=tidy_title(title),
        tags=tidy_tags(tags),
        config=configuration.model_dump(mode="json"),
        config_hash=config_hash(study.name, configuration),
        status="queued",
        cancel_requested=False,
        attempts=0,
        created_at=now(),
    )
    return describe(row)


def tidy_title(title: str) -> str:
    """A title without space around it; one that is too long is refused."""
    if len(title.strip()) > LONGEST_TITLE:
        raise _too_long("title", f"takes at most {LONGEST_TITLE} characters")
    return " ".join(title.split())


def tidy_tags(tags: Iterable[str]) -> list[str]:
    """Tags without what is empty or there twice; a comma stands between two of them."""
    words = (" ".join(word.split()) for tag in tags for word in tag.split(","))
    tidy = list(dict.fromkeys(word for word in words if word))
    if any(len(word) > LONGEST_TAG for word in tidy):
        raise _too_long("tags", f"each takes at most {LONGEST_TAG} characters")
    if len(tidy) > MOST_TAGS:
        raise _too_long("tags", f"a run takes at most {MOST_TAGS}")
    return tidy


def uploaded_for(row: RunRow) -> str:
    """Under which name it is kept what was uploaded for a run; nothing where nothing was."""
    upload = row.config.get("upload")
    # Configurations of experiments that are not installed are stored unchecked.
    return upload if isinstance(upload, str) and re.fullmatch(UPLOAD, upload) else ""


def _too_long(field: str, message: str) -> Problem:
    error = FieldError(field=field, message=message)
    return Problem(422, "The request is not valid", f"{field}: {message}", [error])


def checked(experiment: str, config: dict[str, Any]) -> tuple[Experiment, ExperimentConfig]:
    """An experiment and what it is to be run with, files and all.

    Raises
    ------
    Problem
        422 for an unknown experiment or a bad configuration.
    """
    try:
        study = experiments[experiment]
    except UnknownNameError as error:
        field = FieldError(field="experiment", message=str(error), allowed=experiments.names())
        raise Problem(422, "The request is not valid", str(error), [field]) from None
    try:
        configuration = study.config.model_validate(config)
        configuration.check_files()
        return study, configuration
    except ValidationError as error:
        raise invalid(error, "config") from None
