"""How long a run would take, in two lines: how long, and what tells so."""

from __future__ import annotations

from dash import html

from backend.estimates import RunEstimate


def estimate_lines(found: RunEstimate) -> list[html.Span]:
    """The lines; of what nobody knows the one that says so."""
    lines = [html.Span(_capital(found.takes))] if found.takes else []
    source = _capital(found.source)
    # What it waits for matters more than what tells how long it takes.
    second = _capital(found.waits) or source
    return [*lines, html.Span(second, className="quiet", title=source)]


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]
