// One message as the page shows it; patched in place, so that focus and selection survive edits.

import { showButtons } from "./buttons.mjs";
import { el, moment } from "./dom.mjs";
import { showFile } from "./files.mjs";
import { emblem } from "./icons.mjs";
import { Toolbar } from "./toolbar.mjs";

const HOURGLASSES = new Set(["\u231b", "\u23f3"]);
const PARTS = ["reply", "content", "files", "extras", "reactions", "note", "buttons", "thread"];

/** Tell whether a message stands under its author's previous one without a heading. */
export function continues(previous, message) {
  return Boolean(previous)
    && previous.author.id === message.author.id
    && previous.ephemeral === message.ephemeral
    && !message.apart
    && !previous.threaded
    && Date.parse(message.at) - Date.parse(previous.at) < 5 * 60 * 1000;
}

/**
 * Keep one message on the page, in the place `at`. `kit` draws what only its platform has:
 * parts.reply, content and extras, each (message, on) => [key, draw]. `on` has
 * press(message, button), openThread(id), dismiss(message), tryExample(example) and what the
 * toolbar needs.
 */
export class MessageView {
  constructor(message, at, world, kit, on) {
    Object.assign(this, { message, at, world, kit, on, shown: {}, parts: {} });
    for (const name of PARTS) this.parts[name] = el("div", { class: name });
    this.meta = el("header", {});
    this.avatar = el("div", { class: "avatar", "aria-hidden": "true" });
    this.element = el("li", { class: "message", id: `m-${message.id}`, tabindex: "-1" });
    this.toolbar = new Toolbar(this, world, kit, on);
    const { reply, content, ...rest } = this.parts;
    this.element.append(this.avatar, el("div", { class: "body" }, reply, this.meta, content, this.toolbar.editor.element, ...Object.values(rest)), this.toolbar.element);
    this.update(message);
  }

  update(message) {
    this.message = message;
    const { author, at, files, reactions, ephemeral, buttons } = message;
    this.element.classList.toggle("bot", author.bot);
    this.element.classList.toggle("ephemeral", ephemeral);
    this.element.classList.toggle("growing", Boolean(message.growing));
    this.element.classList.toggle("for-me", message.forMe);
    this.#part("meta", [author, at], () => this.#meta(author, at));
    for (const name of ["reply", "content", "extras"]) this.#part(name, ...this.kit.parts[name](message, this.world, this.on));
    this.#part("files", files, () => files.map(showFile));
    this.#part("reactions", reactions, () => reactions.map(showReaction));
    this.#part("note", ephemeral, () => (ephemeral ? this.#ephemeral() : []));
    this.#part("buttons", buttons, () => showButtons(buttons, (button) => this.on.press(this.message, button)));
    this.updateThread();
  }

  /** Show the thread that was started from this message, if there is one. */
  updateThread() {
    const thread = this.world.threadFrom(this.message, this.at);
    this.message.threaded = Boolean(thread);
    this.#part("thread", thread, () => (thread ? this.#thread(thread) : []));
    this.toolbar.update();
  }

  setContinued(value) {
    this.element.classList.toggle("continued", value);
  }

  /** Redraw a part only if what it shows has changed. */
  #part(name, value, draw) {
    const key = JSON.stringify(value ?? null);
    if (this.shown[name] === key) return;
    this.shown[name] = key;
    const target = name === "meta" ? this.meta : this.parts[name];
    const focused = target.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
    target.replaceChildren(...[draw()].flat().filter(Boolean));
    if (focused !== undefined) (target.querySelector(`[data-id="${CSS.escape(focused)}"]`) ?? this.element).focus();
  }

  #meta({ id, name, bot }, at) {
    this.avatar.textContent = name.slice(0, 1).toUpperCase();
    this.avatar.dataset.tone = String([...id].reduce((sum, character) => (sum * 10 + character.charCodeAt(0) - 48) % 5, 0));
    return [el("span", { class: "author" }, name), bot ? el("span", { class: "tag" }, "APP") : null, moment(at)];
  }

  #ephemeral() {
    return el("p", { class: "only-you" }, `${this.kit.onlyYou} · `, el("button", { type: "button", class: "as-link", onclick: () => this.on.dismiss(this.message) }, "Dismiss message"));
  }

  #thread({ id, title, told }) {
    return el("button", { type: "button", class: "thread-card", "data-id": id, onclick: () => this.on.openThread(id) },
      el("strong", {}, title), el("span", {}, `${told} ›`));
  }
}

function showReaction({ sign, count }) {
  // The bot's own sign for "queued": said in words too, for no font need have the picture.
  if (HOURGLASSES.has(sign)) return el("span", { class: "reaction", title: "It is answered after the question before it" }, emblem(sign), "waits its turn");
  return el("span", { class: "reaction" }, `${sign} ${count}`);
}

/** Mark a text as edited, at its end. */
export function markEdited(nodes, at) {
  const mark = el("small", { class: "edited", title: new Date(at).toLocaleString() }, "(edited)");
  (nodes.lastElementChild?.matches("p") ? nodes.lastElementChild : nodes).append(mark);
  return nodes;
}

/** A message of the example thread can be tried with one press. */
export function showExample(id, world, on) {
  const example = world.examples.find(({ message }) => message === id);
  if (!example || !/^[@/]/.test(example.text)) return [];
  return [el("button", { type: "button", "data-id": `try-${id}`, onclick: () => on.tryExample(example) }, `Try it in #${example.channel}`)];
}
