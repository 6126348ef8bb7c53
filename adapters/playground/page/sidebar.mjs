// The server's channels and, beneath each, its threads.

import { byId, el } from "./dom.mjs";

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
    const channels = el("ul", {}, ...this.world.textChannels().map((channel) => el("li", {},
      this.#entry(channel, "#"),
      el("ul", { class: "threads", "aria-label": `Threads in ${channel.name}` }, ...this.world.threadsOf(channel.id).map((thread) => el("li", {}, this.#entry(thread, "↳")))))));
    const direct = el("ul", {}, ...this.world.directChannels().map((channel) => el("li", {}, this.#entry(channel, "@"))));
    this.root.replaceChildren(el("h2", {}, this.world.guild.name), channels, el("h2", {}, "Direct messages"), direct);
    if (focused) this.root.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #entry(channel, mark) {
    const unread = this.world.unread.has(channel.id);
    return el("button", {
      type: "button", "data-id": channel.id, class: unread ? "unread" : "",
      "aria-current": this.current.includes(channel.id) ? "page" : undefined,
      onclick: () => this.open(channel.id),
    }, el("span", { class: "hash", "aria-hidden": "true" }, mark), el("span", { class: "name" }, channel.name), unread ? el("span", { class: "unseen" }, " (new)") : null);
  }
}
