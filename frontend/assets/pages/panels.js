// The panels of a dashboard as data: a place for one more, and two changes made one.

export const COLUMNS = 12;

// The first place, row by row, where a panel of this size lies over no other.
export function freePlace(panels, { width, height }) {
  const isFree = (x, y) =>
    panels.every(
      (panel) =>
        x + width <= panel.x ||
        panel.x + panel.width <= x ||
        y + height <= panel.y ||
        panel.y + panel.height <= y,
    );
  for (let y = 0; ; y += 1)
    for (let x = 0; x + width <= COLUMNS; x += 1) if (isFree(x, y)) return { x, y };
}

export const newId = () => Math.random().toString(36).slice(2, 10);

// Both changes to the same content: of a title or a panel that both have changed, the one here.
export function joined(before, mine, theirs) {
  const of = (content) => new Map(content.panels.map((panel) => [panel.id, panel]));
  const [was, here, there] = [of(before), of(mine), of(theirs)];
  const isChanged = (id) => JSON.stringify(here.get(id)) !== JSON.stringify(was.get(id));
  const ids = new Set([...there.keys(), ...here.keys()]);
  const panels = [...ids].map((id) => (isChanged(id) ? here.get(id) : there.get(id)));
  const title = mine.title === before.title ? theirs.title : mine.title;
  return { ...theirs, title, panels: panels.filter(Boolean) };
}
