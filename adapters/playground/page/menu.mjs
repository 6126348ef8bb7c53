// A short list that a button opens: arrows move, Escape closes, and the button has the focus again.

import { el } from "./dom.mjs";

export class Menu {
  /** The list is put beside `button`, at the end of `host`. */
  constructor(button, host = button.parentElement) {
    Object.assign(this, { button, host, list: null });
    button.setAttribute("aria-expanded", "false");
  }

  /** Open it with these, or close it: {label, said, picture, act} each. */
  toggle(items) {
    if (this.list) this.close(true);
    else if (items.length) this.#open(items);
  }

  #open(items) {
    const { button } = this;
    button.setAttribute("aria-expanded", "true");
    this.list = el("ul", { class: "menu" }, ...items.map(({ label, said, picture, act }) => el("li", {},
      el("button", { type: "button", onclick: () => { this.close(true); act(); } },
        picture && el("img", { src: picture, alt: "" }), el("span", {}, el("strong", {}, label), said && el("small", { class: "quiet" }, said))))));
    this.list.addEventListener("keydown", (event) => {
      const all = [...this.list.querySelectorAll("button")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") this.close(true);
      else if (step) all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.list.addEventListener("focusout", ({ relatedTarget: next }) => { if (!this.list?.contains(next) && next !== button) this.close(false); });
    this.host.append(this.list);
    this.list.querySelector("button").focus();
  }

  close(focus) {
    const { list } = this;
    this.list = null;
    this.button.setAttribute("aria-expanded", "false");
    if (focus) this.button.focus();
    list?.remove();
  }
}
