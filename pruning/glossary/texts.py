"""The texts as they stand in files: those of the house, and those that packages bring.

A package brings a file like ``texts/criteria.toml``; an entry point of the group
``prunelab.glossary`` names its path.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

_FOLDER = Path(__file__).with_name("texts")


def _lines(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Text(BaseModel):
    """What a file says of one thing.

    Attributes
    ----------
    title, text, papers
        Of what is registered nowhere: its name for people, three sentences, and the keys of its
        papers.
    more
        Of what is registered: what goes beyond its description, so that both are three sentences.
    formula
        In :mod:`.notation`; several are one below the other.
    where
        What the signs of the formula stand for, in plain text.
    see
        The settings of a run that shows it, as they are typed, with the ``experiment``.
    words
        What else it is called in figures and tables.
    fields
        The fields of forms that it explains.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = ""
    text: str = ""
    papers: tuple[str, ...] = ()
    more: str = ""
    formula: Annotated[tuple[str, ...], BeforeValidator(_lines)] = ()
    where: str = ""
    see: dict[str, str] = {}
    words: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@cache
def all_texts() -> dict[str, dict[str, Text]]:
    """The texts by kind and name."""
    brought = [point.load() for point in entry_points(group="prunelab.glossary")]
    found: dict[str, dict[str, Text]] = {}
    # What is said here of a thing holds, whoever says it again.
    for file in (*brought, *sorted(_FOLDER.glob("*.toml"))):
        for kind, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
            checked = {name: Text.model_validate(text) for name, text in texts.items()}
            found.setdefault(kind, {}).update(checked)
    return found
