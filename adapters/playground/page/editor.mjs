// A message of one's own, edited in its place.

import { el } from "./dom.mjs";

export class Editor {
  /** `on` has save(content) and closed(); save tells whether it was saved. */
  constructor(view, world, kit, on) {
    Object.assign(this, { view, world, kit, on });
    this.element = el("div", { class: "editor", hidden: true });
  }

  open() {
    const box = el("textarea", { "aria-label": "Edit your message", rows: "2", autocomplete: "off" });
    this.source = this.kit.source(this.world, this.view.message);
    box.value = this.source;
    const form = el("form", {}, box, el("div", { class: "row" },
      el("button", { type: "submit", class: "primary" }, "Save"),
      el("button", { type: "button", onclick: () => this.#close() }, "Cancel")));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#save(box.value); });
    form.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "Escape") this.#close();
      else if (event.key === "Enter" && !event.shiftKey && event.target === box) this.#save(box.value);
      else return;
      event.preventDefault();
    });
    this.element.replaceChildren(form);
    this.#show(true);
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }

  #show(editing) {
    this.element.hidden = !editing;
    this.view.parts.content.hidden = editing;
    this.view.toolbar.element.hidden = editing;
  }

  #close() {
    this.#show(false);
    this.on.closed();
  }

  async #save(written) {
    const content = this.kit.encode(this.world, written);
    if (written.trim() === this.source.trim() || await this.on.save(content)) this.#close();
  }
}
