"""The one theme: Mantine's components in PruneLab's colours; the rest is in ``assets/*.css``."""

from __future__ import annotations

from typing import Any

# Mantine takes ten shades, from the lightest to the darkest.
_INK = [
    "#C9CED8",
    "#B4BBC8",
    "#8F98A8",
    "#626C7D",
    "#3C4454",
    "#2E3543",
    "#232935",
    "#171B23",
    "#11151C",
    "#0B0E13",
]
_IRIS = [
    "#EEF0FD",
    "#DADFF8",
    "#B3BCF0",
    "#8997E8",
    "#6778E1",
    "#5264DD",
    "#4759DB",
    "#394AC3",
    "#3142AF",
    "#26389A",
]

THEME: dict[str, Any] = {
    "colors": {"dark": _INK, "iris": _IRIS},
    "primaryColor": "iris",
    "primaryShade": {"light": 6, "dark": 5},
    "autoContrast": True,
    "defaultRadius": "md",
    "cursorType": "pointer",
    "fontFamily": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', "
    "sans-serif",
    "headings": {"fontWeight": "650"},
    "components": {
        "InputWrapper": {"defaultProps": {"size": "sm"}},
    },
}
