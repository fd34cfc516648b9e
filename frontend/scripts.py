"""Scripts of packages that pages name themselves: where they lie, and Dash's address for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import plotly
from dash.fingerprint import build_fingerprint


@dataclass(frozen=True)
class Script:
    """A file, and its address on the server."""

    path: Path
    address: str


def script(package: ModuleType, name: str) -> Script:
    """The file ``name`` of a package whose files Dash serves."""
    path = Path(str(package.__file__)).parent / name
    stamped = build_fingerprint(  # type: ignore[no-untyped-call]
        name, package.__version__, int(path.stat().st_mtime)
    )
    return Script(path, f"/_dash-component-suites/{package.__name__}/{stamped}")


PLOTLY = script(plotly, "package_data/plotly.min.js")
