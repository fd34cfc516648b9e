"""The papers behind criteria, datasets, models, schedules and recipes, ready to be cited."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("references.toml")
_LATEX = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"'}

Kind = Literal["article", "incollection", "inproceedings", "misc", "techreport"]


class Reference(BaseModel):
    """A paper, or software, as an entry of a bibliography.

    Attributes
    ----------
    key
        What BibTeX and Pandoc call it: ``@key``.
    author
        ``Last, First`` each.
    eprint
        Its number on arXiv.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    kind: Kind
    author: tuple[str, ...] = ()
    title: str
    journal: str | None = None
    booktitle: str | None = None
    publisher: str | None = None
    institution: str | None = None
    volume: int | None = None
    number: int | None = None
    year: int | None = None
    doi: str | None = None
    eprint: str | None = None
    note: str | None = None

    def bibtex(self) -> str:
        """The entry as BibTeX, which older programs read as well: ASCII only."""
        lines = [f"  {name} = {{{value}}}" for name, value in self._fields().items()]
        return f"@{self.kind}{{{self.key},\n" + ",\n".join(lines) + "\n}\n"

    def _fields(self) -> dict[str, str]:
        given = self.model_dump(exclude={"key", "kind", "author", "title"}, exclude_none=True)
        fields = {"title": f"{{{_latex(self.title)}}}"}
        if self.author:
            fields = {"author": " and ".join(map(_latex, self.author))} | fields
        fields |= {name: _field(name, value) for name, value in given.items()}
        return fields | ({"archiveprefix": "arXiv"} if self.eprint else {})


@cache
def _all() -> dict[str, Reference]:
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {key: Reference(key=key, **fields) for key, fields in found.items()}


def reference(key: str) -> Reference:
    """The reference of this key; a LookupError if there is none."""
    return _all()[key]


def knows(key: str) -> bool:
    """Whether there is a reference of this key."""
    return key in _all()


def all_keys() -> list[str]:
    """The keys of all references, in alphabetical order."""
    return sorted(_all())


def bibliography(entries: Iterable[Reference]) -> str:
    """Entries one below the other, by key, each once."""
    by_key = {entry.key: entry for entry in entries}
    return "\n".join(by_key[key].bibtex() for key in sorted(by_key))


def _latex(text: str) -> str:
    """Accents as LaTeX writes them, and what means something to it as it is."""
    for sign in "&%_#":
        text = text.replace(sign, f"\\{sign}")
    found = ""
    for sign in unicodedata.normalize("NFD", text):
        if sign in _LATEX:
            found = f"{found[:-1]}{{\\{_LATEX[sign]}{found[-1]}}}"
        else:
            found += sign
    return found


def _field(name: str, value: str | int) -> str:
    # Programs make links of these two, which have to stay as they are.
    return str(value) if name in ("doi", "eprint") else _latex(str(value))
