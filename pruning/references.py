"""The papers behind criteria, datasets, models, schedules and recipes, ready to be cited.

They are named by their keys everywhere: in ``papers`` of what is registered, in recipes, and in
docstrings, ``[yeom2021]_``. A plug-in brings its own in a TOML file like ``references.toml``; an
entry point of the group ``prunelab.references`` names the file's path.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("references.toml")
# More authors than these are "et al.".
_MOST_NAMES = 3
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
    venue
        What people call the place where it appeared, if that is not in its name in parentheses.
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
    venue: str | None = None

    @property
    def words(self) -> str:
        """The paper in one line: its authors' last names, its title, where it appeared and when."""
        return ", ".join([*filter(None, [self._names]), self.title, *filter(None, [self._place])])

    @property
    def url(self) -> str:
        """Where it can be read; nothing where it has no number."""
        if self.eprint:
            return f"https://arxiv.org/abs/{self.eprint}"
        return f"https://doi.org/{self.doi}" if self.doi else ""

    @property
    def _names(self) -> str:
        last = [name.partition(",")[0] for name in self.author]
        if len(last) > _MOST_NAMES:
            return f"{last[0]} et al."
        return " & ".join(filter(None, [", ".join(last[:-1]), *last[-1:]]))

    @property
    def _place(self) -> str:
        if self.journal:
            issue = f"{self.journal} {self.volume}" if self.volume else self.journal
            return f"{issue}, {self.year}" if self.year else issue
        called = re.search(r"\(([^)]+)\)$", self.booktitle or "")
        where = self.venue or (called.group(1) if called else None)
        return " ".join(str(each) for each in (where, self.year) if each)

    def bibtex(self) -> str:
        """The entry as BibTeX, which older programs read as well: ASCII only."""
        lines = [f"  {name} = {{{value}}}" for name, value in self._fields().items()]
        return f"@{self.kind}{{{self.key},\n" + ",\n".join(lines) + "\n}\n"

    def _fields(self) -> dict[str, str]:
        given = self.model_dump(
            exclude={"key", "kind", "author", "title", "venue"}, exclude_none=True
        )
        fields = {"title": f"{{{_latex(self.title)}}}"}
        if self.author:
            fields = {"author": " and ".join(map(_latex, self.author))} | fields
        fields |= {name: _field(name, value) for name, value in given.items()}
        return fields | ({"archiveprefix": "arXiv"} if self.eprint else {})


@cache
def _all() -> dict[str, Reference]:
    brought = [_read(point.load()) for point in entry_points(group="prunelab.references")]
    # What is said here of a paper holds, whoever brings it again.
    return {key: entry for found in (*brought, _read(_FILE)) for key, entry in found.items()}


def _read(file: Path) -> dict[str, Reference]:
    found = tomllib.loads(file.read_text(encoding="utf-8"))
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
