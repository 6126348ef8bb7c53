// A list that is offered while one types: arrows choose, Enter or Tab takes, Escape closes.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

import { el } from "./dom.mjs";

let made = 0;

export class Offers {
  /** `draw(item)` gives an option's nodes; `take(item)` is what choosing it does. */
  constructor(box, label, { draw, take }) {
    Object.assign(this, { box, draw, take, items: [], chosen: -1 });
    this.id = `offers-${++made}`;
    this.element = el("ul", { id: this.id, class: "offers", role: "listbox", "aria-label": label, hidden: true, tabindex: "0" });
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", this.id);
    this.show([]);
    // A long list scrolls; whoever scrolls it has it in focus, and goes on choosing there.
    const leave = () => setTimeout(() => { if (![box, this.element].includes(document.activeElement)) this.show([]); }, 150);
    for (const part of [box, this.element]) part.addEventListener("blur", leave);
    this.element.addEventListener("keydown", (event) => { if (this.key(event) && !this.open) box.focus(); });
  }

  get open() {
    return this.items.length > 0;
  }

  /** Offer these; `chosen` is marked at first, -1 for none. */
  show(items, chosen = 0) {
    this.items = items;
    this.element.hidden = items.length === 0;
    this.element.replaceChildren(...items.map((item, index) => el("li", {
      role: "option", id: `${this.id}-${index}`,
      onmousedown: (event) => { event.preventDefault(); this.#take(index); },
    }, ...[this.draw(item)].flat())));
    if (this.box.getAttribute("role") === "combobox") this.box.setAttribute("aria-expanded", String(this.open));
    this.#mark(items.length ? chosen : -1);
  }

  /** Do what a key means for the list, and tell whether it meant anything. */
  key(event) {
    if (!this.open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const { length } = this.items;
    if (step) this.#mark(this.chosen < 0 ? (step > 0 ? 0 : length - 1) : (this.chosen + step + length) % length);
    else if ((event.key === "Enter" || event.key === "Tab") && this.chosen >= 0) this.#take(this.chosen);
    else if (event.key === "Escape") this.show([]);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #take(index) {
    const item = this.items[index];
    this.show([]);
    this.take(item);
  }

  #mark(index) {
    this.chosen = index;
    [...this.element.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0) this.box.removeAttribute("aria-activedescendant");
    else {
      this.box.setAttribute("aria-activedescendant", `${this.id}-${index}`);
      this.element.children[index].scrollIntoView({ block: "nearest" });
    }
  }
}
