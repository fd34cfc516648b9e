// What is said of one unit: its picture, what each criterion says of it, and its strongest
// connections, which can be cut here whatever the size of the network.

import { element } from "#basics/elements.js";
import { drawUnit } from "#network/picture.js";
import { rankings, ranksOf, scoresOf } from "#network/told.js";
import { connectionsOf, longName, nodeName, scoreText } from "#network/units.js";

const MOST_CONNECTIONS = 5;

export function showDetail({ node, stage, maps, side }) {
  const place = node.querySelector("[data-unit-detail]");
  if (stage.unit === null || !stage.live) {
    const hint = "Point at a unit to see what it answers, how it ranks and what it hears.";
    return place.replaceChildren(element("p", { className: "quiet", textContent: hint }));
  }
  const isGone = stage.hand.units.includes(stage.unit);
  const focused = place.contains(document.activeElement) && document.activeElement.dataset.cut;
  const [into, out] = connectionsOf(stage, stage.unit);
  place.replaceChildren(
    picture(maps, side, stage.unit),
    element(
      "div",
      { className: "unit-words" },
      element("h3", { textContent: longName(stage, stage.unit) }),
      element("p", { className: "quiet", textContent: isGone ? "Removed by hand" : "Kept" }),
    ),
    ranks(stage),
    connections(stage, "Hears most from", into, ({ layer, from }) => nodeName(stage, layer, from)),
    connections(stage, "Tells most to", out, ({ layer, to }) => nodeName(stage, layer + 1, to)),
  );
  if (focused) place.querySelector(`[data-cut="${focused}"]`)?.focus({ preventScroll: true });
}

function picture(maps, side, unit) {
  const set = { role: "img", "aria-label": "What the unit hands on over the plane" };
  const canvas = element("canvas", { className: "unit-picture", set });
  if (maps) drawUnit(canvas, maps[unit], side);
  return canvas;
}

function ranks(stage) {
  const head = ["Criterion", "Score", "Goes as"].map((textContent) =>
    element("th", { textContent, scope: "col" }),
  );
  const rows = rankings(stage).map(({ name, title, colour }) => {
    const all = ranksOf(stage, name);
    const swatch = element("span", { className: "swatch" });
    swatch.style.setProperty("--swatch", colour);
    return element(
      "tr",
      {},
      element("td", {}, swatch, title),
      element("td", {
        className: "number",
        textContent: scoreText(scoresOf(stage, name)[stage.unit]),
      }),
      element("td", {
        className: "number",
        textContent: `${all[stage.unit] + 1} of ${all.length}`,
      }),
    );
  });
  return element(
    "table",
    { className: "unit-ranks", title: "Rank 1 is removed first" },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
}

function connections(stage, title, all, nameOf) {
  const shown = all.slice(0, MOST_CONNECTIONS);
  const most = Math.max(...shown.map(({ weight }) => Math.abs(weight)), 1e-9);
  const rows = shown.map((link) => {
    const isCut = stage.hand.cuts.includes(link.name);
    const bar = element("span", { className: link.weight >= 0 ? "bar-more" : "bar-less" });
    bar.style.setProperty("--share", (Math.abs(link.weight) / most).toFixed(3));
    const said = `${isCut ? "Restore" : "Cut"} the connection with ${nameOf(link)}`;
    return element(
      "li",
      { className: isCut ? "is-cut" : "" },
      element("span", { textContent: nameOf(link) }),
      element("span", { className: "bar-room" }, bar),
      element("span", {
        className: "number",
        textContent: link.weight.toFixed(2).replace("-", "−"),
      }),
      element("button", {
        type: "button",
        className: "cut",
        textContent: isCut ? "Restore" : "Cut",
        set: { "data-cut": link.name, "aria-label": said },
      }),
    );
  });
  const head = element("h4", { textContent: title });
  return element("div", { className: "unit-links" }, head, element("ul", {}, ...rows));
}
