// What a moderator can do to a thread, behind one button of its bar.

import { confirmed } from "../confirm.mjs";
import { byId, el, toast } from "../dom.mjs";
import { icon } from "../icons.mjs";
import { Refused, post } from "../server.mjs";

export class ThreadTools {
  constructor(name, world) {
    Object.assign(this, { world });
    this.panel = el("div", { class: "thread-tools", id: `tools-${name}`, hidden: true });
    this.button = el("button", { type: "button", class: "icon-button", "aria-label": "Thread tools", title: "Thread tools", "aria-expanded": "false", "aria-controls": this.panel.id, onclick: () => this.#toggle(this.panel.hidden) }, icon("more"));
    const close = (event) => {
      if (event.key !== "Escape" || this.panel.hidden) return;
      this.#toggle(false);
      this.button.focus();
    };
    for (const part of [this.panel, this.button]) part.addEventListener("keydown", close);
  }

  /** Offer what fits the thread as it is; there is nothing to offer for any other place. */
  place(place) {
    const thread = this.world.isThread(place) ? place : null;
    if (this.thread?.id !== thread?.id) this.#toggle(false);
    this.thread = thread;
    this.button.hidden = !thread;
    if (!thread) return;
    const { archived, locked } = thread.thread_metadata ?? {};
    const focused = this.panel.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
    this.panel.replaceChildren(
      this.#tool("archive", archived ? "Reopen" : "Archive", archived ? "It is active again." : "As Discord does by itself after some days; a message wakes it.", () => this.#do(archived ? "reopen" : "archive")),
      this.#tool("lock", locked ? "Unlock" : "Lock", locked ? "Everybody may write in it again." : "Only moderators may write in it; the bot has to say so elsewhere.", () => this.#do(locked ? "unlock" : "lock")),
      this.#tool("delete", "Delete", "It goes with everything in it, and the bot forgets it.", () => this.#delete()));
    if (focused) this.panel.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  #tool(id, title, said, act) {
    return el("button", { type: "button", class: `offer ${id === "delete" ? "danger" : ""}`, "data-id": id, onclick: act },
      el("span", {}, el("strong", {}, `${title} the thread`), el("small", { class: "quiet" }, said)));
  }

  #toggle(open) {
    this.panel.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
  }

  async #delete() {
    const yes = await confirmed(`Delete “${this.thread.name}”?`, "The thread goes with all its messages, for everyone. This cannot be undone.", "Delete");
    if (yes) await this.#do("delete");
  }

  async #do(what) {
    try {
      await post(this.world.path("thread"), { as: this.world.me, channel: this.thread.id, do: what });
      if (what === "delete") byId("composer-main").focus();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
    }
  }
}
