// What was painted, as the list of what was done: so that each can be undone, and the mask is
// drawn anew from it at any size. Coordinates are pixels of the picture.

export const PAINT = "paint", ERASE = "erase", INVERT = "invert", CLEAR = "clear";

export class Strokes {
  #done = [];
  #undone = [];

  get canUndo() { return this.#done.length > 0; }
  get canRedo() { return this.#undone.length > 0; }

  add(stroke) {
    this.#done.push(stroke);
    this.#undone = [];
    return stroke;
  }

  // Take the last back for good: it was none.
  drop() { this.#done.pop(); }

  undo() { if (this.canUndo) this.#undone.push(this.#done.pop()); }
  redo() { if (this.canRedo) this.#done.push(this.#undone.pop()); }

  // Draw all: white where the picture may change, transparent elsewhere.
  draw(context) {
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    for (const stroke of this.#done) draw(context, stroke);
  }
}

export function draw(context, stroke) {
  const { width, height } = context.canvas;
  context.save();
  context.fillStyle = context.strokeStyle = "#fff";
  if (stroke.kind === CLEAR) context.clearRect(0, 0, width, height);
  else if (stroke.kind === INVERT) {
    context.globalCompositeOperation = "xor";
    context.fillRect(0, 0, width, height);
  } else {
    context.globalCompositeOperation = stroke.kind === ERASE ? "destination-out" : "source-over";
    line(context, stroke);
  }
  context.restore();
}

function line(context, { points, size }) {
  const [first, ...rest] = points;
  context.beginPath();
  context.arc(first.x, first.y, size / 2, 0, 2 * Math.PI);
  context.fill();
  context.beginPath();
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = size;
  context.moveTo(first.x, first.y);
  for (const point of rest) context.lineTo(point.x, point.y);
  if (rest.length) context.stroke();
}

// The part of the mask that is open, 0 to 1; of a large one, every few pixels are looked at.
export function openShare(context) {
  const { width, height } = context.canvas;
  const { data } = context.getImageData(0, 0, width, height);
  const step = Math.max(1, Math.floor((width * height) / 200_000));
  let open = 0, seen = 0;
  for (let at = 0; at < width * height; at += step, seen++) if (data[4 * at + 3] >= 128) open++;
  return seen ? open / seen : 0;
}

// The mask as it is sent: white where the picture may change, black elsewhere, nothing between.
export function asMask(context) {
  const { width, height } = context.canvas;
  const mask = new OffscreenCanvas(width, height);
  const target = mask.getContext("2d");
  const image = context.getImageData(0, 0, width, height);
  for (let at = 0; at < image.data.length; at += 4) {
    const light = image.data[at + 3] >= 128 ? 255 : 0;
    image.data[at] = image.data[at + 1] = image.data[at + 2] = light;
    image.data[at + 3] = 255;
  }
  target.putImageData(image, 0, 0);
  return mask.convertToBlob({ type: "image/png" });
}
