"""Any text as LaTeX sets it: letter by letter, whatever it holds."""

from __future__ import annotations

import re
import unicodedata

from pruning.glossary.notation import LETTERS, OPERATORS

_MEANING = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    # Behind the end of a row they would belong to it.
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
}
_TYPOGRAPHY = {
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "…": r"\dots{}",
    "°": r"\textdegree{}",
    "\xa0": "~",
    "\u202f": r"\,",
    "\u2009": r"\,",
}
_MATHS = {
    "−": "-",
    "µ": r"\mu",
    "Σ": r"\Sigma",
    "‖": r"\|",
    "√": r"\surd",
    "÷": r"\div",
    "★": r"\star",
    **{sign: f"\\{name}" for name, sign in {**LETTERS, **OPERATORS}.items()},
}
_WRITTEN = {
    **{sign: rf"\ensuremath{{{name}}}" for sign, name in _MATHS.items()},
    **_TYPOGRAPHY,
    **_MEANING,
}
# Two of these beside each other would be another sign.
_TWICE = re.compile(r"([-',])(?=\1)")
# Between such two; nobody can have written it.
_APART = "\0"
_SCRIPTS = {"<super>": "textsuperscript", "<sub>": "textsubscript"}
# The last letter that the fonts of pdfLaTeX have.
_LAST_LATIN = "\u017f"


def latex(text: str) -> str:
    """A text that LaTeX sets as it is written; all white space is a space."""
    apart = _TWICE.sub(f"\\1{_APART}", " ".join(text.replace(_APART, "").split()))
    return "".join(map(_sign, apart))


def needs_other_fonts(told: str) -> bool:
    """Whether there are letters in LaTeX that pdfLaTeX has no fonts for."""
    return any(sign > _LAST_LATIN for sign in told)


def _sign(sign: str) -> str:
    if sign == _APART:
        return "{}"
    if sign in _WRITTEN:
        return _WRITTEN[sign]
    if unicodedata.category(sign) in ("Cc", "Cf", "Cs"):
        return ""
    kind, _, plain = unicodedata.decomposition(sign).partition(" ")
    if kind in _SCRIPTS and " " not in plain:
        return rf"\{_SCRIPTS[kind]}{{{_sign(chr(int(plain, 16)))}}}"
    return sign
