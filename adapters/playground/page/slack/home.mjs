// The app's own pages: its Home tab, which stands for messages, and the tabs between them.

import { el } from "../dom.mjs";
import { showBlocks } from "./blocks.mjs";
import { HOME } from "./world.mjs";

/** The Home tab as the app has published it for this person. */
export class Home {
  constructor(world, press) {
    Object.assign(this, { world, press, writes: false });
    this.element = el("div", { class: "home", role: "region", "aria-label": "Home of the app", tabindex: "0", hidden: true });
    world.listen((kind) => {
      if (kind === "home" && !this.element.hidden) this.draw();
    });
  }

  /** Show it if a place is the Home tab; tell whether it is. */
  show(place) {
    this.element.hidden = place?.id !== HOME;
    if (!this.element.hidden) this.draw();
    return !this.element.hidden;
  }

  draw() {
    const { home, bot } = this.world;
    const focused = this.element.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
    this.element.replaceChildren(...(home ? showBlocks(home.blocks, (button) => this.press(home, button))
      : [el("p", { class: "quiet empty" }, `${bot.name} has not published its Home yet. Is it running?`)]));
    if (focused) this.element.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }
}

/** The tabs over an app's direct messages. */
export class Tabs {
  constructor(world, open) {
    Object.assign(this, { world, open });
    this.button = el("nav", { class: "tabs", "aria-label": "Pages of the app", hidden: true });
  }

  place(place) {
    const [direct] = this.world.directChannels();
    this.button.hidden = !direct || (place.id !== HOME && place.id !== direct.id);
    const focused = this.button.contains(document.activeElement);
    this.button.replaceChildren(...[[HOME, "Home"], [direct?.id, "Messages"]].map(([id, title]) => el("button", {
      type: "button", "aria-current": id === place.id ? "page" : undefined, onclick: () => this.open(id),
    }, title)));
    if (focused) this.button.querySelector("[aria-current]")?.focus();
  }
}
