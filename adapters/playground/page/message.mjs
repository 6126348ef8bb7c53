// One message as the page shows it; patched in place, so that focus and selection survive edits.

import { showButtons } from "./buttons.mjs";
import { el, moment } from "./dom.mjs";
import { showFile } from "./files.mjs";
import { emblem } from "./icons.mjs";
import { plain, render } from "./markdown.mjs";
import { Toolbar } from "./toolbar.mjs";
import { EPHEMERAL, LOADING } from "./world.mjs";

const HOURGLASSES = new Set(["\u231b", "\u23f3"]);
const THREAD_STARTER = 21; // stands in a thread for the message that it was started from
const SYSTEM_NOTES = { 6: "pinned a message", 7: "joined the server", 18: "started a thread" };
const PARTS = ["reply", "content", "files", "extras", "reactions", "note", "buttons", "thread"];

/** Tell whether a message stands under its author's previous one without a heading. */
export function continues(previous, message) {
  return Boolean(previous)
    && previous.author.id === message.author.id
    && !message.message_reference
    && !message.command
    && !previous.thread
    && Date.parse(message.timestamp) - Date.parse(previous.timestamp) < 5 * 60 * 1000;
}

/**
 * Keep one message on the page. `on` has press(message, id), openThread(id), dismiss(message),
 * tryExample(example) and what its toolbar needs.
 */
export class MessageView {
  constructor(message, world, on) {
    Object.assign(this, { message, world, on, shown: {}, parts: {} });
    for (const name of PARTS) this.parts[name] = el("div", { class: name });
    this.meta = el("header", {});
    this.avatar = el("div", { class: "avatar", "aria-hidden": "true" });
    this.element = el("li", { class: "message", id: `m-${message.id}`, tabindex: "-1" });
    this.toolbar = new Toolbar(this, world, on);
    const { reply, content, ...rest } = this.parts;
    this.element.append(this.avatar, el("div", { class: "body" }, reply, this.meta, content, this.toolbar.editor.element, ...Object.values(rest)), this.toolbar.element);
    this.update(message);
  }

  update(message) {
    this.message = message;
    const { author, command } = message;
    const isBot = Boolean(author.bot);
    const flags = message.flags ?? 0;
    const original = message.referenced_message;
    this.element.classList.toggle("bot", isBot);
    this.element.classList.toggle("ephemeral", Boolean(flags & EPHEMERAL));
    this.element.classList.toggle("for-me", (message.mentions ?? []).some((user) => user.id === this.world.me));
    this.#part("meta", [author, message.timestamp], () => this.#meta(author, message.timestamp, isBot));
    this.#part("reply", [command, message.message_reference, original?.content], () => this.#reply(message));
    this.#part("content", [message.content, flags & LOADING, message.edited_timestamp, message.type, original?.content], () => this.#content(message, flags));
    this.#part("files", this.#files(message).map(({ id }) => id), () => this.#files(message).map(showFile));
    this.#part("extras", [message.message_snapshots, message.sticker_items, message.poll], () => this.#extras(message));
    this.#part("reactions", message.reactions ?? [], () => (message.reactions ?? []).map((reaction) => this.#reaction(reaction)));
    this.#part("note", flags & EPHEMERAL, () => (flags & EPHEMERAL ? this.#ephemeral(message) : []));
    this.#part("buttons", message.components ?? [], () => showButtons(message.components ?? [], (id) => this.on.press(this.message, id)));
    this.updateThread();
  }

  /** Show the thread that was started from this message, if there is one. */
  updateThread() {
    const thread = this.world.channels.get(this.message.id);
    const shown = thread && this.world.isThread(thread) && thread.id !== this.message.channel_id ? thread : null;
    this.#part("thread", shown && [shown.name, shown.message_count], () => (shown ? this.#thread(shown) : []));
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
    target.replaceChildren(...[draw()].flat());
    if (focused !== undefined) (target.querySelector(`[data-id="${CSS.escape(focused)}"]`) ?? this.element).focus();
  }

  #meta(author, timestamp, isBot) {
    const name = this.#name(author);
    this.avatar.textContent = name.slice(0, 1).toUpperCase();
    this.avatar.dataset.tone = String(Number(BigInt(author.id) % 5n));
    return [el("span", { class: "author" }, name), isBot ? el("span", { class: "tag" }, "APP") : null, moment(timestamp)].filter(Boolean);
  }

  #name(author) {
    return this.world.person(author.id)?.name ?? author.global_name ?? author.username;
  }

  /** Say what it answers: another message, or the command that somebody used. */
  #reply({ type, command, message_reference: reference, referenced_message: original, message_snapshots: forwarded }) {
    if (command) return el("p", {}, `${this.world.name(command.user)} used `, el("strong", {}, `/${command.name}`));
    if (!reference?.message_id || type === THREAD_STARTER || forwarded) return [];
    const text = original ? `${this.#name(original.author)}: ${plain(original.content) || "(no text)"}` : "a message that is gone";
    return el("p", {}, el("span", { class: "unseen" }, "In reply to "), text.slice(0, 140));
  }

  #content(message, flags) {
    if (flags & LOADING) return el("p", { class: "thinking" }, `${this.#name(message.author)} is thinking…`);
    if (SYSTEM_NOTES[message.type]) return el("p", { class: "system" }, SYSTEM_NOTES[message.type]);
    const starter = message.type === THREAD_STARTER;
    const nodes = render(starter ? message.referenced_message?.content ?? "*This message is gone.*" : message.content);
    if (message.edited_timestamp && message.content) {
      const mark = el("small", { class: "edited", title: new Date(message.edited_timestamp).toLocaleString() }, "(edited)");
      (nodes.lastElementChild?.matches("p") ? nodes.lastElementChild : nodes).append(mark);
    }
    return nodes;
  }

  #files(message) {
    const own = message.type === THREAD_STARTER ? message.referenced_message : message;
    return own?.attachments ?? [];
  }

  /** What a message carries beside words and files. */
  #extras({ id, message_snapshots: forwarded, sticker_items: stickers, poll }) {
    return [
      ...(forwarded ?? []).map(({ message }) => el("blockquote", { class: "forwarded" }, el("p", { class: "quiet" }, "Forwarded"), render(message.content ?? ""), ...(message.attachments ?? []).map(showFile))),
      ...(stickers ?? []).map(({ name }) => el("p", { class: "quiet" }, `Sticker: ${name}`)),
      ...this.#example(id),
      ...(poll ? [el("p", { class: "quiet" }, `Poll: ${poll.question.text}`)] : []),
    ];
  }

  /** A message of the example thread can be tried with one press. */
  #example(id) {
    const example = this.world.examples.find(({ message }) => message === id);
    if (!example || !/^[@/]/.test(example.text)) return [];
    return [el("button", { type: "button", "data-id": `try-${id}`, onclick: () => this.on.tryExample(example) }, `Try it in #${example.channel}`)];
  }

  #reaction({ emoji, count }) {
    // The bot's own sign for "queued": said in words too, for no font need have the picture.
    if (HOURGLASSES.has(emoji.name)) return el("span", { class: "reaction", title: "It is answered after the question before it" }, emblem(emoji.name), "waits its turn");
    return el("span", { class: "reaction" }, `${emoji.name} ${count}`);
  }

  #ephemeral(message) {
    return el("p", { class: "only-you" }, "Only you can see this · ", el("button", { type: "button", class: "as-link", onclick: () => this.on.dismiss(message) }, "Dismiss message"));
  }

  #thread(thread) {
    const count = thread.message_count;
    const amount = count ? `${count} ${count === 1 ? "message" : "messages"}` : "Thread";
    return el("button", { type: "button", class: "thread-card", "data-id": thread.id, onclick: () => this.on.openThread(thread.id) },
      el("strong", {}, thread.name), el("span", {}, `${amount} ›`));
  }
}
