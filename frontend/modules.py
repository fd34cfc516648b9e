"""The JavaScript modules of the pages: what imports what, and where a browser finds each.

A module is a file in ``assets``, imported by its name, ``#figures/draw.js``. An import map in the
page says where that is: on the server at an address with the file's stamp, so that no browser mixes
what it has kept of another version into this one; in a file of its own in a ``data:`` address, so
that nothing is asked for.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

ASSETS = Path(__file__).parent / "assets"
APP, STANDALONE = "app.js", "standalone.js"
# Of the page that Dash fills, and of those without Dash.
ENTRIES = (APP, STANDALONE)
# A worker, and what it imports itself, are named by their addresses.
_IMPORT = re.compile(r'(?:^import\b[^";]*|\bimport\.meta\.resolve\()"#([\w/]+\.js)"', re.MULTILINE)


def imported_by(name: str) -> list[str]:
    """The modules that a module imports itself."""
    return _IMPORT.findall((ASSETS / name).read_text())


@cache
def modules_of(entry: str) -> tuple[str, ...]:
    """All modules that an entry needs, each after those that it imports, the entry last."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        for each in imported_by(name):
            if each not in found:
                visit(each)
        found[name] = None

    visit(entry)
    return tuple(found)


@cache
def address_of(name: str) -> str:
    """The address of a file in ``assets`` on the server."""
    return f"/assets/{name}?m={(ASSETS / name).stat().st_mtime_ns:x}"


@cache
def served(entry: str) -> str:
    """HTML for a head: where the modules of an entry are, and that all are to come at once."""
    links = (f'<link rel="modulepreload" href="{address_of(name)}">' for name in modules_of(entry))
    return "\n".join([f'<script type="importmap">{_map(entry)}</script>', *links])


@cache
def allowed(entry: str) -> str:
    """What a content security policy has to allow for the import map of :func:`served`."""
    return hash_of(_map(entry))


def hash_of(script: str) -> str:
    """How a content security policy names a script that stands in the page."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def inlined(entry: str) -> str:
    """HTML for a head with the modules of an entry in it."""
    return f'<script type="importmap">{whole_map(entry)}</script>'


@cache
def whole_map(entry: str) -> str:
    """JSON of an import map with the modules of an entry in it."""
    return _map(entry, _data_address)


def _map(entry: str, address: Callable[[str], str] = address_of) -> str:
    return json.dumps({"imports": {f"#{name}": address(name) for name in modules_of(entry)}})


def _data_address(name: str) -> str:
    # What people can read stays readable; what would end the address or the script does not stay.
    text = quote((ASSETS / name).read_text(), safe=" !$&'()*+,/:;=?@[]^`{|}~\n")
    return f"data:text/javascript;charset=utf-8,{text}"
