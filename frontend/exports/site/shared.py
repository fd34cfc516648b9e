"""What all pages of a website have in common, once: styles, scripts, Plotly.

A browser loads no modules from a disk, so that they are, as in the self-contained file, in the
import map, which a plain script puts into each page. Names have the hash of what is in the file: no
browser takes what it has kept of an older site for a part of this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape

from frontend.documents.document import ENTRY, STYLES, policy_tag
from frontend.modules import ASSETS, STANDALONE, whole_map
from frontend.scripts import PLOTLY

_STYLES = (*STYLES, "recipes", "site")
_MAP = """document.head.append(
  Object.assign(document.createElement("script"), {{ type: "importmap", text: {} }}),
);
"""


@dataclass(frozen=True)
class Shared:
    """The files by their paths, and how pages name them.

    Attributes
    ----------
    look
        HTML for the head of every page: what it may do, styles, the icon, light or dark.
    modules
        HTML behind it on a page with figures.
    libraries
        HTML for the end of its body.
    """

    files: dict[str, bytes]
    look: str
    modules: str
    libraries: str


@cache
def shared() -> Shared:
    """What is the same on all websites of this version."""
    logo, drawing = stamped("assets/logo.svg", (ASSETS / "logo.svg").read_bytes())
    style = "\n".join((ASSETS / f"{name}.css").read_text() for name in _STYLES)
    # It stands beside the styles here.
    style = style.replace("/assets/logo.svg", logo.removeprefix("assets/"))
    files = dict(
        [
            stamped("assets/style.css", style.encode()),
            (logo, drawing),
            stamped("assets/theme.js", (ASSETS / "theme.js").read_bytes()),
            stamped("assets/modules.js", _MAP.format(quoted(whole_map(STANDALONE))).encode()),
            stamped("assets/plotly.js", PLOTLY.path.read_bytes()),
            stamped("assets/gifenc.js", (ASSETS / "gifenc.min.js").read_bytes()),
        ]
    )
    sheet, _, theme, modules, *libraries = files
    look = [
        # Of a page that is opened from a disk, "itself" is nothing, and its neighbours are files.
        policy_tag(whole_map(STANDALONE), ENTRY, beside="'self' file:"),
        f'<link rel="stylesheet" href="{sheet}">',
        f'<link rel="icon" href="{logo}" type="image/svg+xml">',
        f'<script src="{theme}"></script>',
    ]
    return Shared(
        files,
        "\n".join(look),
        f'<script src="{modules}"></script>',
        "\n".join(map(deferred, libraries)),
    )


def stamped(path: str, content: bytes) -> tuple[str, bytes]:
    """A file with a part of its hash in its name."""
    stem, _, suffix = path.rpartition(".")
    return f"{stem}-{sha256(content).hexdigest()[:10]}.{suffix}", content


def deferred(path: str) -> str:
    """A plain script that runs once the page is there, in order with others."""
    return f'<script src="{escape(path)}" defer></script>'


def quoted(text: str) -> str:
    """A text without line breaks as JavaScript writes it; quotes of JSON stay as they are."""
    inner = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{inner}'"
