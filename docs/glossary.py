"""``python -m docs.glossary`` writes ``docs/glossary.md`` from the texts of `pruning/glossary/`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pruning.glossary.entries import Entry, all_entries
from pruning.references import Reference

FILE = Path(__file__).with_suffix(".md")
_HEAD = """# Glossary

What the names of criteria, measures and settings mean, as the page `/glossary` and
`prunelab glossary` tell it. Written by `python -m docs.glossary` from the texts in
[`pruning/glossary/texts/`](../pruning/glossary/texts/).
"""


def document() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *_groups()])


def _groups() -> Iterator[str]:
    for kind, entries in groupby(all_entries(), key=lambda entry: entry.kind):
        yield f"## {kind.title}\n"
        for entry in entries:
            yield from _told(entry)


def _told(entry: Entry) -> Iterator[str]:
    yield f"### {entry.title}\n"
    yield f"`{entry.short_name}` · {_escaped(entry.text)}\n"
    for formula in entry.formula:
        yield f"```math\n{formula}\n```\n"
    if entry.where:
        yield f"With {_escaped(entry.where)}.\n"
    if papers := [_linked(each) for each in entry.references]:
        yield f"{' · '.join(papers)}\n"
    if entry.command:
        yield f"See it work: `{entry.command}`\n"


def _linked(paper: Reference) -> str:
    return f"[{paper.words}]({paper.url})" if paper.url else paper.words


def _escaped(text: str) -> str:
    """What Markdown would take for its own."""
    return "".join(f"\\{sign}" if sign in "*_[]<>|" else sign for sign in text)


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
