// What a person can do with a message: reply, start a thread, and edit or delete their own.

import { confirmed } from "./confirm.mjs";
import { el, toast } from "./dom.mjs";
import { Editor } from "./editor.mjs";
import { icon } from "./icons.mjs";
import { Refused } from "./server.mjs";
import { EPHEMERAL } from "./world.mjs";
import { takesThreads } from "./kinds.mjs";

// https://docs.discord.com/developers/resources/message#message-object-message-types
const WRITTEN = new Set([0, 19]);
const ANSWERABLE = new Set([0, 19, 20, 23]);
const KEYS = { r: "reply", e: "edit", t: "thread", Delete: "delete", Backspace: "delete" };

export class Toolbar {
  /** `on` has reply(message), edit(message, content), remove(message) and startThread(message). */
  constructor(view, world, on) {
    const { message } = view;
    Object.assign(this, { view, world, on, buttons: {} });
    this.editor = new Editor(view, world, { save: (content) => this.#save(content), closed: () => this.buttons.edit.focus() });
    this.element = el("div", { class: "tools", role: "group", "aria-label": "Message" });
    const isPublic = !((message.flags ?? 0) & EPHEMERAL);
    const place = world.channels.get(message.channel_id);
    const own = message.author.id === world.me && WRITTEN.has(message.type);
    if (isPublic && ANSWERABLE.has(message.type)) this.#add("reply", "Reply", () => on.reply(view.message));
    if (isPublic && place && takesThreads(place) && ANSWERABLE.has(message.type)) this.#add("thread", "Start a thread", () => this.#thread());
    if (isPublic && own) this.#add("edit", "Edit message", () => this.editor.open());
    if (isPublic && own) this.#add("delete", "Delete message", () => this.remove());
    // One stop of the Tab key for a whole list of messages: the tools of the one in focus come after it.
    view.element.addEventListener("focusin", () => this.#reachable(true));
    view.element.addEventListener("focusout", (event) => { if (!view.element.contains(event.relatedTarget)) this.#reachable(false); });
    view.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.hidden = !this.element.children.length;
    this.#reachable(false);
    this.update();
  }

  /** A message that has a thread cannot start another. */
  update() {
    if (this.buttons.thread) this.buttons.thread.hidden = this.world.channels.has(this.view.message.id);
  }

  edit() {
    this.buttons.edit.click();
  }

  get canEdit() {
    return Boolean(this.buttons.edit);
  }

  #add(name, label, act) {
    this.buttons[name] = el("button", { type: "button", "aria-label": label, title: label, onclick: act }, icon(name));
    this.element.append(this.buttons[name]);
  }

  #reachable(yes) {
    for (const button of Object.values(this.buttons)) button.tabIndex = yes ? 0 : -1;
  }

  #key(event) {
    if (event.target !== this.view.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = this.buttons[KEYS[event.key]];
    if (!button || button.hidden) return;
    event.preventDefault();
    button.click();
  }

  async #thread() {
    await attempt(() => this.on.startThread(this.view.message));
  }

  async #save(content) {
    if (!content && !this.view.message.attachments?.length) {
      await this.remove();
      return false;
    }
    return attempt(() => this.on.edit(this.view.message, content));
  }

  async remove() {
    const yes = await confirmed("Delete this message?", "It goes for everyone, and the bot does not answer it any more. This cannot be undone.", "Delete");
    if (yes) await attempt(() => this.on.remove(this.view.message));
  }
}

/** Do it and tell whether it was done; a refusal becomes a toast. */
async function attempt(act) {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message);
    return false;
  }
}
