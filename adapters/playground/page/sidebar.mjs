// What one can open: sections of places and, beneath each, its threads.

import { el } from "./dom.mjs";
import { icon } from "./icons.mjs";

export class Sidebar {
  constructor(root, world, open) {
    Object.assign(this, { root, world, open });
    world.listen((kind) => {
      if (["loaded", "channel", "channel-deleted", "message", "unread"].includes(kind)) this.draw();
    });
  }

  /** Mark what is open and draw the list, with the focus where it was. */
  draw(current = this.current) {
    this.current = current ?? [];
    if (!this.world.me) return;
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
    this.root.replaceChildren(...this.world.sections(this.current).flatMap(({ title, places }) => [
      el("h2", {}, title),
      el("ul", {}, ...places.map(({ place, threads }) => el("li", {}, this.#entry(place), this.#threads(place, threads)))),
    ]), el("p", { class: "quiet" }, `${this.world.bot.name} answers with AI, which may be wrong.`));
    if (focused) this.root.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #threads(place, threads) {
    if (!threads.length) return null;
    return el("ul", { class: "threads", "aria-label": `Threads in ${place.name}` }, ...threads.map((thread) => el("li", {}, this.#entry(thread))));
  }

  #entry(place) {
    const { world } = this;
    const unread = world.unread.has(place.id);
    const kind = world.isThread(place) ? "" : world.kindName(place);
    return el("button", {
      type: "button", "data-id": place.id, class: unread ? "unread" : "", title: kind || undefined,
      "aria-current": this.current.includes(place.id) ? "page" : undefined,
      onclick: () => this.open(place.id),
    }, icon(world.sign(place)), el("span", { class: "name" }, place.name),
    kind && !world.isDirect(place) ? el("span", { class: "unseen" }, ` (${kind})`) : null,
    unread ? el("span", { class: "unseen" }, " (new)") : null);
  }
}
