"""Formulas in a line of plain text, for the command line and for whoever cannot see them drawn."""

from __future__ import annotations

from unicodedata import normalize

from pruning.glossary.notation import (
    Accented,
    Fenced,
    Fraction,
    Node,
    Root,
    Row,
    Scripted,
    Sign,
    parse,
)

_LOW, _AS_LOW = "0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"
_LOWERED = dict(zip(_LOW, _AS_LOW, strict=True))
_RAISED = dict(zip("0123456789+−⊤inT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀⁱⁿᵀ", strict=True))
_SPACED = frozenset("=<>≤≥≠≈∝∼→←∈+−·×±∩/∣")
# What belongs to what comes after it.
_BOUND = frozenset("([‖|⌈∂Δ−")


def plain(formula: str) -> str:
    """A formula of :mod:`.notation` in a line of text, with signs of Unicode where they exist."""
    return normalize("NFC", " ".join(_told(parse(formula)).split()))


def _told(node: Node) -> str:
    match node:
        case Sign():
            return _sign(node)
        case Row(parts):
            return _joined(parts)
        case Scripted(base, below, above):
            return _told(base) + _script(below, "_", _LOWERED) + _script(above, "^", _RAISED)
        case Fraction(over, under):
            return f"{_whole(over)} / {_whole(under)}"
        case Root(inside):
            return f"√{_whole(inside)}"
        case Fenced(opening, inside, closing):
            return f"{opening}{_told(inside).strip()}{closing}"
        case Accented(base, accent):
            return f"{_told(base)}{'̄' if accent == '¯' else '̂'}"


def _sign(sign: Sign) -> str:
    if sign.kind == "operator" and sign.text in _SPACED:
        return f" {sign.text} "
    return {"∑": "Σ", "∏": "Π", ",": ", ", ";": "; "}.get(sign.text, sign.text)


def _joined(parts: tuple[Node, ...]) -> str:
    """Parts with a space where signs would run into each other; a sign before is no difference."""
    told = ""
    for place, part in enumerate(parts):
        text = _told(part)
        if isinstance(part, Sign) and part.text == "−" and _begins(parts, place):
            text = "−"
        apart = told and not told.endswith(" ") and _stands_apart(parts[place - 1], part)
        told += f" {text}" if apart else text
    return told


def _begins(parts: tuple[Node, ...], place: int) -> bool:
    before = parts[place - 1] if place else None
    return before is None or (isinstance(before, Sign) and before.text in "=(,")


def _stands_apart(before: Node, node: Node) -> bool:
    """Whether both are more than a sign: sums, functions and words, fractions, fences."""
    if isinstance(before, Sign) and before.text in _BOUND:
        return False
    if isinstance(before, Scripted) and "_" in _told(before):
        return not _is_operator(node)
    return any(map(_is_large, (before, node))) and not _is_operator(node)


def _is_operator(node: Node) -> bool:
    return isinstance(node, Sign) and node.kind == "operator" and node.text not in _BOUND


def _is_large(node: Node) -> bool:
    if isinstance(node, Scripted):
        return _is_large(node.base)
    if isinstance(node, Sign):
        return node.kind in ("words", "function") or node.text in "∑∏"
    return isinstance(node, Fraction)


def _whole(node: Node) -> str:
    """What is divided, or divides, in parentheses if it is more than one thing."""
    match node:
        case Sign(text, "words") if " " in text:
            return f"({text})"
        case Row((Sign("∂" | "√"), *_)) | Sign() | Scripted() | Root() | Accented() | Fenced():
            return _told(node)
        case Row() | Fraction():
            return f"({_told(node).strip()})"


def _script(node: Node | None, sign: str, small: dict[str, str]) -> str:
    if node is None:
        return ""
    text = "".join(_told(node).split())
    if all(letter in small for letter in text):
        return "".join(small[letter] for letter in text)
    return f"{sign}{text}" if isinstance(node, Sign) else f"{sign}({text})"
