// Formulas in pages of Dash, which has no elements of MathML. What draws them is Python's, and safe.

export const Formula = ({ mathml }) =>
  window.React.createElement("div", { dangerouslySetInnerHTML: { __html: mathml } });
