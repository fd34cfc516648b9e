// Formulas in pages of Dash, which has no elements of MathML. What draws them is Python's, and safe.

import { reachIfWide } from "#basics/sideways.js";

const box = (node) => node && reachIfWide(node.closest(".explained-formula"));

export const Formula = ({ mathml }) =>
  window.React.createElement("div", { ref: box, dangerouslySetInnerHTML: { __html: mathml } });
