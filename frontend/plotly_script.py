"""The script that draws figures: where it lies, and the address under which Dash serves it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import plotly
from dash.fingerprint import build_fingerprint


@dataclass(frozen=True)
class Script:
    """A file, and its address on the server."""

    path: Path
    address: str


def _plotly() -> Script:
    path = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    name = build_fingerprint(  # type: ignore[no-untyped-call]
        "package_data/plotly.min.js", plotly.__version__, int(path.stat().st_mtime)
    )
    return Script(path, f"/_dash-component-suites/plotly/{name}")


PLOTLY = _plotly()
