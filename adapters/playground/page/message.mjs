// One message as the page shows it; patched in place, so that focus and selection survive edits.

import { el, moment } from "./dom.mjs";
import { plain, render } from "./markdown.mjs";
import { OwnMessage, isOwn } from "./own.mjs";
import { EPHEMERAL, LOADING } from "./world.mjs";

const STYLES = { 1: "primary", 2: "", 3: "success", 4: "danger", 5: "link" };
const ACTION_ROW = 1;
const BUTTON = 2;
const HOURGLASSES = new Set(["\u231b", "\u23f3"]);
const THREAD_STARTER = 21; // stands in a thread for the message that it was started from
const SYSTEM_NOTES = { 6: "pinned a message", 7: "joined the server", 18: "started a thread" };

/** Tell whether a message stands under its author's previous one without a heading. */
export function continues(previous, message) {
  return Boolean(previous)
    && previous.author.id === message.author.id
    && !message.message_reference
    && !previous.thread
    && Date.parse(message.timestamp) - Date.parse(previous.timestamp) < 5 * 60 * 1000;
}

/**
 * Keep one message on the page. `on` has press(message, id), edit(message, content),
 * remove(message), openThread(id) and dismiss(message).
 */
export class MessageView {
  constructor(message, world, on) {
    this.world = world;
    this.on = on;
    this.shown = {};
    this.parts = {};
    for (const name of ["reply", "content", "files", "reactions", "note", "buttons", "thread"]) this.parts[name] = el("div", { class: name });
    this.meta = el("header", {});
    this.avatar = el("div", { class: "avatar", "aria-hidden": "true" });
    this.element = el("li", { class: "message", id: `m-${message.id}`, tabindex: "-1" }, this.avatar, el("div", { class: "body" },
      this.parts.reply, this.meta, this.parts.content, this.parts.files, this.parts.reactions, this.parts.note, this.parts.buttons, this.parts.thread));
    if (isOwn(message, world)) {
      const own = new OwnMessage(this, world, on);
      this.parts.content.after(own.editor);
      this.element.append(own.element);
    }
    this.update(message);
  }

  update(message) {
    this.message = message;
    const { author } = message;
    const isBot = Boolean(author.bot);
    const flags = message.flags ?? 0;
    this.element.classList.toggle("bot", isBot);
    this.element.classList.toggle("ephemeral", Boolean(flags & EPHEMERAL));
    this.element.classList.toggle("for-me", (message.mentions ?? []).some((user) => user.id === this.world.me));
    this.#part("meta", [author, message.timestamp], () => this.#meta(author, message.timestamp, isBot));
    this.#part("reply", [message.message_reference, message.referenced_message?.content], () => this.#reply(message));
    this.#part("content", [message.content, flags & LOADING, message.edited_timestamp, message.type, message.referenced_message?.content], () => this.#content(message, flags));
    this.#part("files", message.attachments ?? [], () => (message.attachments ?? []).map((file) => this.#file(file)));
    this.#part("reactions", message.reactions ?? [], () => (message.reactions ?? []).map((reaction) => this.#reaction(reaction)));
    this.#part("note", flags & EPHEMERAL, () => (flags & EPHEMERAL ? this.#ephemeral(message) : []));
    this.#part("buttons", message.components ?? [], () => this.#buttons(message));
    this.updateThread();
  }

  /** Show the thread that was started from this message, if there is one. */
  updateThread() {
    const thread = this.world.channels.get(this.message.id);
    const shown = thread && this.world.isThread(thread) && thread.id !== this.message.channel_id ? thread : null;
    this.#part("thread", shown && [shown.name, shown.message_count], () => (shown ? this.#thread(shown) : []));
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

  #reply({ type, message_reference: reference, referenced_message: original }) {
    if (!reference?.message_id || type === THREAD_STARTER) return [];
    const text = original ? `${this.#name(original.author)}: ${plain(original.content)}` : "a message that is gone";
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

  #reaction({ emoji, count }) {
    // The bot's own sign for "queued": said in words too, for no font need have the picture.
    if (HOURGLASSES.has(emoji.name)) return el("span", { class: "reaction", title: "It is answered after the question before it" }, `${emoji.name} waits its turn`);
    return el("span", { class: "reaction" }, `${emoji.name} ${count}`);
  }

  #file({ url, filename, size, content_type: type, description }) {
    const local = new URL(url, location.href);
    if (type?.startsWith("image/")) return el("a", { href: local.pathname + local.search, target: "_blank" }, el("img", { src: local.pathname + local.search, alt: description || filename }));
    const amount = size > 2048 ? `${Math.round(size / 1024)} KB` : `${size} bytes`;
    return el("a", { class: "file", href: local.pathname + local.search, download: filename }, el("strong", {}, filename), el("small", {}, amount));
  }

  #ephemeral(message) {
    return el("p", { class: "only-you" }, "Only you can see this · ", el("button", { type: "button", class: "as-link", onclick: () => this.on.dismiss(message) }, "Dismiss message"));
  }

  #buttons(message) {
    return (message.components ?? []).filter((row) => row.type === ACTION_ROW).map((row) => el("div", { class: "row" },
      ...row.components.filter((component) => component.type === BUTTON).map((component) => this.#button(message, component))));
  }

  #button(message, { custom_id: id, label, style, disabled, url, emoji }) {
    const text = [emoji?.name, label].filter(Boolean).join(" ");
    if (url) return el("a", { class: "button", href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, text);
    const button = el("button", { type: "button", class: STYLES[style] ?? "", disabled, "data-id": id }, text);
    button.addEventListener("click", async () => {
      button.setAttribute("aria-busy", "true");
      try {
        await this.on.press(message, id);
      } finally {
        button.removeAttribute("aria-busy");
      }
    });
    return button;
  }

  #thread(thread) {
    const count = thread.message_count;
    const amount = count ? `${count} ${count === 1 ? "message" : "messages"}` : "Thread";
    return el("button", { type: "button", class: "thread-card", "data-id": thread.id, onclick: () => this.on.openThread(thread.id) },
      el("strong", {}, thread.name), el("span", {}, `${amount} ›`));
  }
}
