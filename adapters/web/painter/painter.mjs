// The page: its tools, what it tells while one paints, and the sending of the mask.

import { Easel } from "./easel.mjs";
import { asMask, CLEAR, ERASE, INVERT, openShare, PAINT, Strokes } from "./strokes.mjs";

const find = (id) => document.getElementById(id);
const form = find("form"), prompt = find("prompt"), state = find("state"), said = find("said");
const base = new URL(form.action).pathname;

const strokes = new Strokes();
const picture = new Image();
picture.src = `${base}/picture`;
try {
  await picture.decode();
} catch {
  say("The picture could not be loaded. Nothing was charged; open your link again.", true);
  throw new Error("no picture");
}
let easel = null;
easel = new Easel(find("easel"), find("canvas"), find("cursor"), picture, strokes, changed);

function changed() {
  find("undo").disabled = !strokes.canUndo;
  find("redo").disabled = !strokes.canRedo;
  if (!easel) return;
  const share = openShare(easel.mask);
  const words = share === 0 ? "Nothing is painted yet." : `${percent(share)} of the picture may change.`;
  if (share > 0 && said.dataset.about === "unpainted") say("");
  state.textContent = easel.isDown ? `The brush is down; Enter lifts it. ${words}` : words;
}

function percent(share) {
  return share < 0.01 ? "Less than 1 %" : `${Math.round(share * 100)} %`;
}

// `about` tells what would make the words untrue: then they are taken away.
function say(words, wrong = false, about = "") {
  said.textContent = words;
  said.classList.toggle("wrong", wrong);
  said.dataset.about = about;
  if (words) said.scrollIntoView({ block: "nearest" });
}

// --- tools ---------------------------------------------------------------------------------

function choose(tool) {
  easel.tool = tool;
  find("brush").setAttribute("aria-pressed", tool === PAINT);
  find("eraser").setAttribute("aria-pressed", tool === ERASE);
}

function resize(size) {
  easel.resize(size);
  find("size").value = easel.size;
}

function act(kind) {
  easel.lift();
  strokes.add({ kind });
  easel.redraw();
}

function undo() { easel.lift(); strokes.undo(); easel.redraw(); }
function redo() { easel.lift(); strokes.redo(); easel.redraw(); }

const tools = {
  brush: () => choose(PAINT),
  eraser: () => choose(ERASE),
  undo,
  redo,
  invert: () => act(INVERT),
  clear: () => act(CLEAR),
  out: () => easel.zoom(0.8),
  in: () => easel.zoom(1.25),
  fit: () => easel.fit(),
};
for (const [id, run] of Object.entries(tools)) find(id).addEventListener("click", run);
find("size").addEventListener("input", (event) => easel.resize(Number(event.target.value)));

const keys = {
  b: tools.brush, e: tools.eraser, i: tools.invert, "+": tools.in, "=": tools.in, "-": tools.out, 0: tools.fit,
  "[": () => resize(easel.size - 5), "]": () => resize(easel.size + 5),
};
document.addEventListener("keydown", (event) => {
  if (event.target === prompt) return;
  const key = event.key.toLowerCase();
  // A letter alone may be what somebody says or what a screen reader is told, but not here.
  const isHere = event.target.closest("#easel, #tools");
  if ((event.ctrlKey || event.metaKey) && key === "z") (event.shiftKey ? redo : undo)();
  else if (event.ctrlKey || event.metaKey || event.altKey || !isHere || !Object.hasOwn(keys, key)) return;
  else keys[key]();
  event.preventDefault();
});

// --- sending -------------------------------------------------------------------------------

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (openShare(easel.mask) === 0) {
    say("Paint something first: only what you paint may change. Nothing was charged.", true, "unpainted");
    find("easel").focus();
    return;
  }
  const send = find("send");
  // A button that is switched off loses the focus, and with it whoever has no mouse.
  const pressed = document.activeElement === send;
  send.disabled = true;
  say("Sending…");
  try {
    const body = new FormData(form);
    body.append("mask", await asMask(easel.mask), "mask.png");
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const { said: words } = await answer.json();
    say(words, !answer.ok);
    // Once it is used up, there is nothing left to do here.
    send.disabled = answer.ok || answer.status === 410;
  } catch {
    say("It could not be sent: no connection. Nothing was charged as far as is known; try again.", true);
    send.disabled = false;
  }
  if (pressed && document.activeElement === document.body) (send.disabled ? said : send).focus();
});

setTimeout(() => {
  if (!find("send").disabled) say("This link has expired. Nothing was charged; ask the bot for a new one.", true);
  find("send").disabled = true;
}, Number(prompt.dataset.left));
changed();
document.documentElement.dataset.ready = "yes";
