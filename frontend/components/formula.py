"""Formulas on pages, with Dash and without: MathML, which Dash has no elements for."""

from __future__ import annotations

from dash.development.base_component import Component

from pruning.glossary.mathml import mathml


class Formula(Component):
    """A formula of :mod:`pruning.glossary.notation`, drawn by ``assets/basics/formula.js``.

    Attributes
    ----------
    mathml
        The formula as an element that is safe as it stands.
    """

    _namespace = "frontend"
    _type = "Formula"
    _children_props: list[str] = []  # noqa: RUF012 - Dash asks for a list
    _base_nodes = ["children"]  # noqa: RUF012

    def __init__(self, formula: str) -> None:
        self.mathml = mathml(formula)
        self._prop_names = ["mathml"]
        self._valid_wildcard_attributes: list[str] = []
        super().__init__(mathml=self.mathml)  # type: ignore[no-untyped-call]
