"""Formulas in notes: ``$…$`` in a line, ``$$…$$`` on lines of their own.

They are of :mod:`pruning.glossary.notation`, a small part of LaTeX; what it does not know is shown
as it was typed, with a mark that says why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from pruning.glossary.mathml import mathml
from pruning.glossary.notation import NotationError

# As in Pandoc: `$5 or $6` and `$5-$10` are sums of money.
_INLINE = re.compile(r"\$\$(?P<display>[^$]+)\$\$|\$(?!\s)(?P<inline>[^$]+)(?<!\s)\$(?!\d)")
_FENCE = "$$"
_DISPLAY, _IN_LINE = "formula_display", "formula_inline"
# Each brace and fence that is opened is read by a call within another.
_MOST_NESTED = 60
_MOST_LETTERS = 2000


def use_formulas(parser: MarkdownIt) -> None:
    """Let a parser of Markdown read formulas."""
    parser.inline.ruler.before("escape", "formula", _inline)
    interrupted: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "formula", _block, interrupted)
    parser.add_render_rule(_DISPLAY, _rendered)
    parser.add_render_rule(_IN_LINE, _rendered)


def _inline(state: StateInline, silent: bool) -> bool:
    found = _INLINE.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        display = found["display"]
        token = state.push(_DISPLAY if display else _IN_LINE, "math", 0)
        token.content, token.markup = display or found["inline"], _FENCE if display else "$"
    state.pos = found.end()
    return True


def _block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A formula between two ``$$`` that begin and end lines, so that no line of it is a list."""
    text = _line(state, first)
    if not text.startswith(_FENCE) or state.is_code_block(first):
        return False
    lines = [text.removeprefix(_FENCE)]
    last = first
    while not lines[-1].endswith(_FENCE):
        last += 1
        if last >= end:
            return False
        lines.append(_line(state, last))
    formula = "\n".join(lines).removesuffix(_FENCE)
    if not formula.strip() or "$" in formula:
        return False
    if not silent:
        state.line = last + 1
        token = state.push(_DISPLAY, "math", 0)
        token.content, token.markup, token.block = formula, _FENCE, True
    return True


def _line(state: StateBlock, number: int) -> str:
    start = state.bMarks[number] + state.tShift[number]
    return state.src[start : state.eMarks[number]].rstrip()


def _rendered(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    token = tokens[place]
    try:
        return _drawn(token.content, in_line=token.type == _IN_LINE)
    except NotationError as error:
        typed = escape(f"{token.markup}{token.content}{token.markup}")
        why = escape(str(error).removeprefix(f"{token.content}: "))
        return f'<code class="unread-formula" title="Not drawn: {why}">{typed}</code>'


def _drawn(formula: str, *, in_line: bool) -> str:
    if len(formula) > _MOST_LETTERS:
        raise NotationError(f"{formula}: it has more than {_MOST_LETTERS:,} letters")
    if formula.count("{") + formula.count("\\left") > _MOST_NESTED:
        raise NotationError(f"{formula}: it has more than {_MOST_NESTED} braces and fences")
    return mathml(formula, in_line=in_line)
