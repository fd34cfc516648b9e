"""What a word means: the question mark beside it, and what is said once somebody asks.

``assets/basics/explain.js`` opens the panel: it works on pages without Dash, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from unicodedata import normalize

from dash import html

from frontend.components.attributes import attributes
from frontend.components.formula import Formula
from frontend.figures.panels import Panel, Section
from pruning.glossary.entries import Entry, called

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀ"
_SMALL = re.compile(f"([₀-₉ₐ-ₜᵢᵣᵤᵥⱼ]+|[{_RAISED}]+|_[A-Za-z])")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


def question(entry: Entry | None) -> html.Button | None:
    """A small question mark that explains; nothing where there is nothing to say."""
    if entry is None:
        return None
    return _asking(entry, None, "explain", aria_label=f"What is “{entry.title}”?")


def question_of(words: str) -> html.Button | None:
    """The same for something that figures and tables call so."""
    return question(called(words))


def question_of_panel(panel: Panel) -> html.Button | None:
    """The same for a figure; along epochs something else is measured than at the end."""
    if _axis(panel, "xaxis") == "epoch" and (entry := called(f"{panel.title} while learning")):
        return question(entry)
    return question_of(panel.title)


def asked_words(words: Iterable[str]) -> html.P | None:
    """A line of words, such as the titles of axes, each of which explains itself."""
    known = {entry: each for each in words if (entry := called(each))}
    if not known:
        return None
    buttons = [_asking(entry, each, "explain-word") for entry, each in known.items()]
    return html.P(["What is: ", *buttons], className="quiet explain-words")


def asked_axes(section: Section) -> html.P | None:
    """The same for what stands along the axes of figures, or may be chosen to."""
    axes = [_axis(panel, name) for panel in section.panels for name in ("xaxis", "yaxis")]
    chosen = [title for chooser in section.choosers for title in chooser.options.values()]
    return asked_words([*axes, *chosen])


def _axis(panel: Panel, name: str) -> str:
    title: str = panel.figure["layout"].get(name, {}).get("title", {}).get("text", "")
    return title


def with_question(words: str | None, entry: Entry | None) -> Any:
    """Words and a question mark behind them, where the glossary says more."""
    return [words, question(entry)] if words and entry else words


def first_sentence(entry: Entry | None) -> str:
    """What is to be said in a line."""
    return _SENTENCE_END.split(entry.text)[0] if entry else ""


def explanation(entry: Entry) -> list[Any]:
    """The sentences, the formula and the papers."""
    papers = [html.Li(_paper(each.words, each.url)) for each in entry.references]
    return [
        html.P(entry.text),
        _formula(entry) if entry.formula else None,
        html.Ul(papers, className="explained-papers") if papers else None,
    ]


def _formula(entry: Entry) -> html.Div:
    where = html.P(["with ", *_signs(entry.where)], className="explained-where")
    drawn = [*map(Formula, entry.formula), where if entry.where else None]
    return html.Div(drawn, className="explained-formula")


def _signs(text: str) -> list[Any]:
    """Text whose small letters stand below and above: those of Unicode are too small to read."""
    return [_small(part) for part in _SMALL.split(text) if part]


def _small(part: str) -> Any:
    if not _SMALL.fullmatch(part):
        return part
    letters = normalize("NFKC", part.removeprefix("_"))
    return html.Sup(letters) if part[0] in _RAISED else html.Sub(letters)


def _paper(words: str, url: str) -> Any:
    return html.A(words, href=url, target="_blank", rel="noreferrer") if url else words


def _asking(entry: Entry, text: str | None, style: str, **more: str) -> html.Button:
    return html.Button(
        text,
        type="button",
        className=style,
        **attributes(data_explains=entry.name, aria_haspopup="dialog", **more),
    )
