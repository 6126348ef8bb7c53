// What a person can do with a message of their own: edit it in its place, or delete it.

import { confirmed } from "./confirm.mjs";
import { el, toast } from "./dom.mjs";
import { decode, encode } from "./names.mjs";
import { Refused } from "./server.mjs";
import { EPHEMERAL } from "./world.mjs";

const WRITTEN = new Set([0, 19]); // https://docs.discord.com/developers/resources/message#message-object-message-types

/** Tell whether a person wrote a message, and so may change it. */
export function isOwn(message, world) {
  return message.author.id === world.me && WRITTEN.has(message.type) && !((message.flags ?? 0) & EPHEMERAL);
}

/** The buttons on one's own message, and the editor in its place. `on` has edit(message, content) and remove(message). */
export class OwnMessage {
  constructor(view, world, on) {
    Object.assign(this, { view, world, on });
    this.change = el("button", { type: "button", "aria-label": "Edit message", onclick: () => this.#open() }, "Edit");
    this.delete = el("button", { type: "button", "aria-label": "Delete message", onclick: () => this.#remove() }, "Delete");
    this.element = el("div", { class: "own" }, this.change, this.delete);
    this.editor = el("div", { class: "editor", hidden: true });
  }

  #open() {
    const box = el("textarea", { "aria-label": "Edit your message", rows: "2", autocomplete: "off" });
    box.value = decode(this.world, this.view.message.content);
    const form = el("form", {}, box, el("div", { class: "row" },
      el("button", { type: "submit", class: "primary" }, "Save"),
      el("button", { type: "button", onclick: () => this.#close() }, "Cancel")));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#save(box.value); });
    form.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") this.#close();
      else if (event.key === "Enter" && !event.shiftKey && event.target === box) this.#save(box.value);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.editor.replaceChildren(form);
    this.#show(true);
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }

  #show(editing) {
    this.editor.hidden = !editing;
    this.element.hidden = editing;
    this.view.parts.content.hidden = editing;
  }

  #close() {
    this.#show(false);
    this.change.focus();
  }

  async #save(written) {
    const content = encode(this.world, written);
    if (!content) await this.#remove();
    else if (content === this.view.message.content || await attempt(() => this.on.edit(this.view.message, content))) this.#close();
  }

  async #remove() {
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
