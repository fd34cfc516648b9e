"""Formulas as MathML, which browsers draw by themselves."""

from __future__ import annotations

from html import escape

from pruning.glossary.notation import (
    Accented,
    Fenced,
    Fraction,
    Kind,
    Node,
    Root,
    Row,
    Scripted,
    Sign,
    parse,
)

_TAGS: dict[Kind, str] = {
    "letter": "mi",
    "number": "mn",
    "operator": "mo",
    "words": "mtext",
    "function": "mi",
}
# Browsers would take these for signs that come in pairs and grow with what is around them.
_STEADY = frozenset("()[]|‖⌈⌉/∣")


def mathml(formula: str, *, in_line: bool = False) -> str:
    """A formula of :mod:`.notation` as an element ``math``, on a line of its own or ``in_line``.

    Raises
    ------
    NotationError
        For what is not written in this notation.
    """
    display = "inline" if in_line else "block"
    return f'<math display="{display}">{_row(parse(formula))}</math>'


def _row(node: Node) -> str:
    return f"<mrow>{_drawn(node)}</mrow>"


def _drawn(node: Node) -> str:
    match node:
        case Sign():
            return _sign(node)
        case Row(parts):
            return "".join(map(_drawn, parts))
        case Scripted():
            return _scripted(node)
        case Fraction(over, under):
            return f"<mfrac>{_row(over)}{_row(under)}</mfrac>"
        case Root(inside):
            return f"<msqrt>{_row(inside)}</msqrt>"
        case Fenced(opening, inside, closing):
            before, behind = _fence(opening, "prefix"), _fence(closing, "postfix")
            return f"<mrow>{before}{_drawn(inside)}{behind}</mrow>"
        case Accented(base, accent):
            # As an accent it would lie on the letter, where there is no font for formulas.
            return f'<mover accent="false">{_row(base)}<mo stretchy="false">{accent}</mo></mover>'


def _fence(sign: str, form: str) -> str:
    return f'<mo fence="true" stretchy="true" form="{form}">{sign}</mo>'


def _scripted(node: Scripted) -> str:
    tag = ("munder", "mover") if node.has_limits else ("msub", "msup")
    parts = [(tag[0], node.below), (tag[1], node.above)]
    there = [(name, part) for name, part in parts if part is not None]
    name = "".join([there[0][0], *(name.removeprefix("m") for name, _ in there[1:])])
    small = "".join(_row(part) for _, part in there)
    return f"<{name}>{_row(node.base)}{small}</{name}>"


def _sign(sign: Sign) -> str:
    match sign.kind:
        case "space":
            return '<mspace width="1em"></mspace>'
        case "operator" if sign.text in _STEADY:
            return f'<mo stretchy="false">{sign.text}</mo>'
        case "words":
            # What stands between words and signs would be swallowed.
            return f"<mtext>{escape(sign.text).replace(' ', '&nbsp;')}</mtext>"
        case kind:
            return f"<{_TAGS[kind]}>{escape(sign.text)}</{_TAGS[kind]}>"
