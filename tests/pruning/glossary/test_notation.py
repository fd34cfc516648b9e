"""Formulas are read as they are written, drawn for browsers, and told in a line."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from pruning.glossary.entries import all_entries
from pruning.glossary.mathml import mathml
from pruning.glossary.notation import NotationError, parse
from pruning.glossary.plain import plain

FORMULAS = [formula for entry in all_entries() for formula in entry.formula]


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        (r"w^2", "w²"),
        (r"s_u = \sum_i \left|w_{ui}\right|", "sᵤ = Σᵢ |wᵤᵢ|"),
        (r"\left|\frac{1}{n} \sum_{i=1}^n a_i\right|", "|1 / n Σᵢ₌₁ⁿ aᵢ|"),
        (r"a \frac{\partial L}{\partial a}", "a ∂L / ∂a"),
        (r"\frac{w}{v + w}", "w / (v + w)"),
        (r"\frac{\text{units left}}{\text{units}}", "(units left) / units"),
        (r"-2 w \cdot \left(H g\right)_w", "−2w · (Hg)_w"),
        (r"\sqrt{\frac{1}{n-1} \bar{x}}", "√(1 / (n − 1) x̄)"),
        (r"g_w w", "g_w w"),
        (r"t_{\text{after}}", "t_after"),
        (r"\max\left(0, 1 - t/T\right)", "max (0, 1 − t / T)"),
        (r"I(X; Y \mid Z)", "I(X; Y ∣ Z)"),
    ],
)
def test_a_formula_is_told_in_a_line(formula: str, told: str):
    assert plain(formula) == told


def test_a_formula_is_drawn_by_elements_that_browsers_know():
    assert mathml(r"\frac{\left|w\right|}{2}") == (
        '<math display="block"><mrow><mfrac><mrow><mrow>'
        '<mo fence="true" stretchy="true" form="prefix">|</mo><mi>w</mi>'
        '<mo fence="true" stretchy="true" form="postfix">|</mo></mrow></mrow>'
        "<mrow><mn>2</mn></mrow></mfrac></mrow></math>"
    )
    assert "<munderover>" in mathml(r"\sum_{i=1}^n i")
    assert "<msubsup>" in mathml(r"w_i^2")
    assert "<mtext>a&nbsp;&lt;&nbsp;b</mtext>" in mathml(r"\text{a < b}")


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_formula_of_the_texts_is_well_formed(formula: str):
    drawn = ElementTree.fromstring(mathml(formula).replace("&nbsp;", " "))
    arguments = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "munderover": 3}
    for element in drawn.iter():
        assert len(element) == arguments.get(element.tag, len(element))
    assert "\\" not in plain(formula)


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        (r"\fraction{1}{2}", r"\\fraction is no sign"),
        (r"\frac{1}", "'{' is missing"),
        (r"{1", "'}' is missing"),
        (r"1}", "'}' closes nothing"),
        (r"\left(1", "is missing"),
        (r"\left\lceil 1\right)", "is no fence"),
        (r"x_1_2", "two of '_'"),
        (r"x^", "something is missing"),
        (r"5 € w", "'€' is no sign"),
    ],
)
def test_what_is_no_formula_is_refused_with_what_is_wrong(formula: str, why: str):
    with pytest.raises(NotationError, match=why):
        parse(formula)
