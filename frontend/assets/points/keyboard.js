// Drawing by keyboard: arrows move a cursor over the plane, and the brush is put down where it is.

import { brush } from "#points/brush.js";
import { drawing, Stroke, undo } from "#points/drawing.js";

const STEP = 0.05;
const LARGE_STEP = 0.3;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

export const KEYS =
  "Arrow keys move the cursor, with Shift further. Space or Enter puts points down, Delete or " +
  "Backspace erases, a number chooses the class, Ctrl+Z takes back.";

const counted = (count) => `${count} point${count === 1 ? "" : "s"}`;

// `board` as in pointing.js; its `tell` says in words what has happened. What is returned is the
// cursor, while somebody is at it with a keyboard.
export function keyboard(board) {
  const { plane, reach, most } = board;
  const { canvas } = plane;
  const cursor = { x: 0, y: 0 };
  let isUsed = false;
  const isShown = () => isUsed && board.isOpen() && document.activeElement === canvas;

  const moved = ([across, up], isFar) => {
    const step = isFar ? LARGE_STEP : STEP;
    const within = (value) => Math.max(-reach, Math.min(reach, Math.round(value * 100) / 100));
    Object.assign(cursor, { x: within(cursor.x + across * step), y: within(cursor.y + up * step) });
    board.tell(`x ${cursor.x.toFixed(2)}, y ${cursor.y.toFixed(2)}`);
  };

  const dab = (erases) => {
    const before = drawing.points.length;
    board.begin();
    const hasRoom = new Stroke({ ...brush, erases }, reach, most).to([cursor.x, cursor.y]);
    const change = drawing.points.length - before;
    if (!change) undo();
    if (!hasRoom && !erases) board.full();
    const done = erases
      ? `${counted(-change)} erased`
      : `${counted(change)} of class ${brush.label}`;
    board.tell(`${done}; ${drawing.points.length} in all`);
  };

  const chosen = (label) => {
    Object.assign(brush, { label, erases: false });
    board.tell(`Class ${label}`);
  };

  const takenBack = () => {
    undo();
    board.tell(`Taken back; ${drawing.points.length} in all`);
  };

  // What a key does here, if it does anything.
  const actionOf = ({ key, shiftKey, ctrlKey, metaKey, altKey }) => {
    if (altKey) return null;
    if (ctrlKey || metaKey)
      return key.toLowerCase() === "z" && drawing.before.length ? takenBack : null;
    if (key in ARROWS) return () => moved(ARROWS[key], shiftKey);
    if (key === " " || key === "Enter") return () => dab(brush.erases);
    if (key === "Delete" || key === "Backspace") return () => dab(true);
    const label = /^\d$/.test(key) ? Number(key) : plane.colours.length;
    return label < plane.colours.length ? () => chosen(label) : null;
  };

  canvas.onkeydown = (event) => {
    const act = board.isOpen() && actionOf(event);
    if (!act) return;
    event.preventDefault();
    isUsed = true;
    act();
    board.update();
    board.draw();
  };
  // Who takes the keyboard goes on where the mouse was.
  canvas.addEventListener("pointerdown", (event) => {
    const [x, y] = plane.at(event).map((value) => Math.max(-reach, Math.min(reach, value)));
    Object.assign(cursor, { x, y });
    isUsed = false;
  });
  canvas.onfocus = () => {
    isUsed = canvas.matches(":focus-visible");
    board.draw();
  };
  canvas.onblur = () => board.draw();
  return () => (isShown() ? { ...cursor, size: brush.size, isCursor: true } : null);
}
