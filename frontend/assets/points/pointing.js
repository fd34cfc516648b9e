// Drawing with a mouse, a pen or a finger: a stroke from where the brush is put down.

import { brush } from "#points/brush.js";
import { Stroke } from "#points/drawing.js";

// `board` is what is drawn on: its plane and how far that reaches, how many points there may be;
// `isOpen` tells whether one may draw, `draw`, `update` and `full` say that something has changed.
export function listen(board) {
  const { plane, reach, most } = board;
  const { canvas } = plane;
  let stroke = null;
  const ring = (event) => {
    const [x, y] = plane.at(event);
    return { x, y, size: brush.size };
  };
  const move = (event) => {
    for (const each of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event])
      if (!stroke.to(plane.at(each))) board.full();
    board.update();
  };
  canvas.onpointerdown = (event) => {
    if (!board.isOpen() || event.button) return;
    canvas.setPointerCapture(event.pointerId);
    board.begin();
    stroke = new Stroke({ ...brush }, reach, most);
    move(event);
    board.draw(ring(event));
  };
  canvas.onpointermove = (event) => {
    if (!board.isOpen()) return;
    if (stroke) move(event);
    board.draw(ring(event));
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    stroke = null;
    board.draw();
  };
  canvas.onpointerleave = () => board.draw();
}
