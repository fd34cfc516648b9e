"""How long something took, in words: the same on every page, and by the same rule in the browser.

``assets/pages/run_header.js`` says it of the run that is shown.
"""

from __future__ import annotations

from datetime import timedelta


def exactly(passed: timedelta) -> str:
    """A duration as it was: ``4.2 s``, ``1 min 53 s``, ``2 h 5 min``."""
    seconds = passed.total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def roughly(seconds: float) -> str:
    """A duration as one would say it beforehand."""
    if seconds < 55:
        return f"About {max(10, 10 * round(seconds / 10))} s"
    if seconds < 55 * 60:
        return f"About {round(seconds / 60)} min"
    return f"About {round(seconds / 1800) / 2:g} h"


def ago(passed: timedelta) -> str:
    """How long ago something was, as people say it."""
    seconds = passed.total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
