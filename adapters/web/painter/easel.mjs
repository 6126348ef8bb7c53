// The picture with the mask over it: shown, zoomed, moved, painted on by pointer and by keyboard.

import { draw, ERASE, PAINT } from "./strokes.mjs";

const MOST_ZOOM = 16;
// Two colours in stripes: on whatever picture, one of them is seen.
const VEIL = ["rgb(230 20 110 / 62%)", "rgb(255 255 255 / 42%)"];
const STRIPES = 60;

export class Easel {
  constructor(frame, canvas, cursor, picture, strokes, changed) {
    Object.assign(this, { frame, canvas, cursor, picture, strokes, changed });
    this.tool = PAINT;
    this.mask = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    this.veil = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    this.tint = stripes(this.veil);
    this.asked = 0;
    this.size = 20;
    this.isDown = false;
    this.at = { x: canvas.width / 2, y: canvas.height / 2 };
    this.pointers = new Map();
    this.stroke = null;
    this.pinch = null;
    this.fit();
    this.#listen();
    this.redraw();
  }

  // The brush in pixels of the picture: its size is a share of the shorter side.
  get width() { return Math.max(2, (Math.min(this.canvas.width, this.canvas.height) * this.size) / 200); }

  redraw() {
    this.strokes.draw(this.mask);
    this.#show();
    this.changed();
  }

  // However often it is asked for, once a frame: a large picture takes its time.
  #show() {
    this.asked ||= requestAnimationFrame(() => { this.asked = 0; this.#draw(); });
    this.#showCursor();
  }

  #draw() {
    const context = this.canvas.getContext("2d");
    const { width, height } = this.canvas;
    context.clearRect(0, 0, width, height);
    context.drawImage(this.picture, 0, 0, width, height);
    // The mask is tinted: what is painted is seen through.
    const { veil } = this;
    veil.globalCompositeOperation = "copy";
    veil.drawImage(this.mask.canvas, 0, 0);
    veil.globalCompositeOperation = "source-in";
    veil.fillStyle = this.tint;
    veil.fillRect(0, 0, width, height);
    context.drawImage(veil.canvas, 0, 0);
  }

  // --- where it stands ---------------------------------------------------------------------

  fit() {
    const { clientWidth, clientHeight } = this.frame;
    this.scale = this.least = Math.min(clientWidth / this.canvas.width, clientHeight / this.canvas.height);
    this.left = (clientWidth - this.canvas.width * this.scale) / 2;
    this.top = (clientHeight - this.canvas.height * this.scale) / 2;
    this.#place();
  }

  zoom(factor, x = this.frame.clientWidth / 2, y = this.frame.clientHeight / 2) {
    const scale = Math.min(Math.max(this.scale * factor, this.least), MOST_ZOOM * this.least);
    this.left = x - ((x - this.left) * scale) / this.scale;
    this.top = y - ((y - this.top) * scale) / this.scale;
    this.scale = scale;
    this.#place();
  }

  #place() {
    const across = this.canvas.width * this.scale, down = this.canvas.height * this.scale;
    this.left = keep(this.left, across, this.frame.clientWidth);
    this.top = keep(this.top, down, this.frame.clientHeight);
    this.canvas.style.transform = `translate(${this.left}px, ${this.top}px) scale(${this.scale})`;
    this.#showCursor();
  }

  #showCursor() {
    const style = this.cursor.style;
    style.left = `${this.left + this.at.x * this.scale}px`;
    style.top = `${this.top + this.at.y * this.scale}px`;
    style.width = style.height = `${this.width * this.scale}px`;
  }

  #point(event) {
    const box = this.frame.getBoundingClientRect();
    const x = event.clientX - box.left - this.frame.clientLeft, y = event.clientY - box.top - this.frame.clientTop;
    return { x: (x - this.left) / this.scale, y: (y - this.top) / this.scale, px: x, py: y };
  }

  // --- by pointer --------------------------------------------------------------------------

  #listen() {
    const frame = this.frame;
    frame.addEventListener("pointerdown", (event) => this.#down(event));
    frame.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, (event) => this.#up(event));
    frame.addEventListener("wheel", (event) => {
      const zooms = event.ctrlKey || event.metaKey;
      // A picture that is seen whole has nowhere to go: the page moves.
      if (!zooms && this.scale === this.least) return;
      event.preventDefault();
      const { px, py } = this.#point(event);
      if (zooms) this.zoom(Math.exp(-event.deltaY / 200), px, py);
      else this.#shift(-event.deltaX, -event.deltaY);
    }, { passive: false });
    frame.addEventListener("keydown", (event) => this.#key(event));
    frame.addEventListener("focus", () => { this.cursor.hidden = false; });
    frame.addEventListener("blur", () => { this.cursor.hidden = true; this.lift(); });
    frame.addEventListener("pointerleave", () => { this.cursor.hidden = document.activeElement !== frame; });
    new ResizeObserver(() => this.fit()).observe(frame);
  }

  #down(event) {
    if (event.button > 1) return;
    event.preventDefault();
    this.frame.focus({ preventScroll: true });
    this.frame.setPointerCapture(event.pointerId);
    this.lift();
    this.pointers.set(event.pointerId, this.#point(event));
    if (this.pointers.size === 2) {
      // A second finger: what the first began was no stroke.
      if (this.stroke) { this.stroke = null; this.strokes.drop(); this.redraw(); }
      this.pinch = span([...this.pointers.values()]);
    } else if (this.pointers.size === 1) this.#begin(this.#point(event));
  }

  #move(event) {
    const point = this.#point(event);
    if (!this.pointers.has(event.pointerId)) {
      this.#hover(event, point);
      return;
    }
    this.pointers.set(event.pointerId, point);
    if (this.pinch) {
      const now = span([...this.pointers.values()]);
      this.zoom(now.length / this.pinch.length, now.x, now.y);
      this.#shift(now.x - this.pinch.x, now.y - this.pinch.y);
      this.pinch = now;
    } else if (this.stroke) this.#go(point);
  }

  // A mouse shows how large the brush is before it paints.
  #hover(event, { x, y }) {
    if (event.pointerType !== "mouse" || this.isDown) return;
    this.at = { x, y };
    this.cursor.hidden = false;
    this.#showCursor();
  }

  #up(event) {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size < 2) this.pinch = null;
    if (this.pointers.size === 0) this.#end();
  }

  #shift(x, y) {
    this.left += x;
    this.top += y;
    this.#place();
  }

  #begin({ x, y }) {
    this.at = { x, y };
    this.stroke = this.strokes.add({ kind: this.tool, size: this.width, points: [{ x, y }] });
    draw(this.mask, this.stroke);
    this.#show();
  }

  #go({ x, y }) {
    this.at = { x, y };
    const last = this.stroke.points.at(-1);
    this.stroke.points.push({ x, y });
    draw(this.mask, { ...this.stroke, points: [last, { x, y }] });
    this.#show();
  }

  #end() {
    if (!this.stroke) return;
    this.stroke = null;
    this.changed();
  }

  // --- by keyboard -------------------------------------------------------------------------

  #key(event) {
    const far = (event.shiftKey ? 4 : 1) * this.width / 2;
    const moves = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] };
    if (event.key in moves) {
      const [x, y] = moves[event.key];
      this.at = {
        x: Math.min(Math.max(this.at.x + x, 0), this.canvas.width),
        y: Math.min(Math.max(this.at.y + y, 0), this.canvas.height),
      };
      if (this.isDown) this.#go(this.at);
      this.#follow();
    } else if (event.key === " ") {
      this.lift();
      this.#begin(this.at);
      this.#end();
    } else if (event.key === "Enter") {
      if (this.isDown) this.lift();
      else {
        this.isDown = true;
        this.#begin(this.at);
        this.changed();
      }
    } else return;
    event.preventDefault();
  }

  // Lift the brush that the keyboard has put down.
  lift() {
    if (!this.isDown) return;
    this.isDown = false;
    this.#end();
  }

  // Keep the brush in sight while the keyboard moves it.
  #follow() {
    const x = this.left + this.at.x * this.scale, y = this.top + this.at.y * this.scale;
    this.#shift(
      Math.max(0, -x) - Math.max(0, x - this.frame.clientWidth),
      Math.max(0, -y) - Math.max(0, y - this.frame.clientHeight),
    );
  }

  resize(size) {
    this.size = Math.min(100, Math.max(1, size));
    this.#showCursor();
  }
}

function keep(at, length, room) {
  return length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, at));
}

function stripes(context) {
  const { width, height } = context.canvas;
  const side = 2 * Math.max(2, Math.round(Math.max(width, height) / STRIPES / 2));
  const tile = new OffscreenCanvas(side, side);
  const one = tile.getContext("2d");
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      one.fillStyle = VEIL[Number((x + y) % side < side / 2)];
      one.fillRect(x, y, 1, 1);
    }
  }
  return context.createPattern(tile, "repeat");
}

function span([one, other]) {
  return {
    x: (one.px + other.px) / 2,
    y: (one.py + other.py) / 2,
    length: Math.max(1, Math.hypot(one.px - other.px, one.py - other.py)),
  };
}

export { ERASE, PAINT };
