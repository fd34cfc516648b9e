"""What the words of a frozen page mean, kept with it: there is no server to ask."""

from __future__ import annotations

import re
from html import escape

from dash import html

from frontend.components.explained import explanation
from frontend.documents.markup import Markup, to_html
from pruning.glossary.entries import entry

_ASKED = re.compile(r'data-explains="([\w-]+)"')


def panel_of(name: str) -> Markup:
    """What the panel of a word says: its title, and its explanation."""
    term = entry(name)
    return to_html([html.H2(term.title), *explanation(term)])


def with_explanations(body: Markup) -> Markup:
    """A body, and behind it what the question marks in it explain."""
    names = dict.fromkeys(_ASKED.findall(body))
    kept = (f'<template data-explanation="{escape(n)}">{panel_of(n)}</template>' for n in names)
    return Markup("".join([body, *kept]))
