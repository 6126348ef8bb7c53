// The server's channels of every kind and, beneath each, its threads; then direct messages.

import { byId, el } from "./dom.mjs";
import { icon } from "./icons.mjs";
import { kindName, sign } from "./kinds.mjs";

export class Sidebar {
  constructor(world, open) {
    Object.assign(this, { world, open, root: byId("sidebar") });
    world.listen((kind) => {
      if (["loaded", "channel", "channel-deleted", "message"].includes(kind)) this.draw();
    });
  }

  /** Mark what is open and draw the list, with the focus where it was. */
  draw(current = this.current) {
    this.current = current ?? [];
    if (!this.world.guild) return;
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
    const channels = el("ul", {}, ...this.world.places().map((channel) => el("li", {}, this.#entry(channel), this.#threads(channel))));
    const direct = el("ul", {}, ...this.world.directChannels().map((channel) => el("li", {}, this.#entry(channel))));
    this.root.replaceChildren(el("h2", {}, this.world.guild.name), channels, el("h2", {}, "Direct messages"), direct,
      el("p", { class: "quiet" }, `${this.world.bot.name} answers with AI, which may be wrong.`));
    if (focused) this.root.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #threads(channel) {
    const threads = this.world.threadsOf(channel.id).filter(({ id, thread_metadata: meta }) => !meta?.archived || this.current.includes(id));
    if (!threads.length) return null;
    return el("ul", { class: "threads", "aria-label": `Threads in ${channel.name}` }, ...threads.map((thread) => el("li", {}, this.#entry(thread))));
  }

  #entry(channel) {
    const unread = this.world.unread.has(channel.id);
    const kind = this.world.isThread(channel) ? "" : kindName(channel);
    return el("button", {
      type: "button", "data-id": channel.id, class: unread ? "unread" : "", title: kind || undefined,
      "aria-current": this.current.includes(channel.id) ? "page" : undefined,
      onclick: () => this.open(channel.id),
    }, icon(sign(channel)), el("span", { class: "name" }, channel.name),
    kind && kind !== "direct messages" ? el("span", { class: "unseen" }, ` (${kind})`) : null,
    unread ? el("span", { class: "unseen" }, " (new)") : null);
  }
}
