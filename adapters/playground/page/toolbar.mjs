// What a person can do with a message: what its platform offers, and edit or delete their own.

import { confirmed } from "./confirm.mjs";
import { el, toast } from "./dom.mjs";
import { Editor } from "./editor.mjs";
import { icon } from "./icons.mjs";
import { Menu } from "./menu.mjs";
import { Refused } from "./server.mjs";

const KEYS = { e: "edit", Delete: "delete", Backspace: "delete" };

export class Toolbar {
  /** `kit.tools(view, world, on)` gives {name, label, act, key, hidden, menu} for each. */
  constructor(view, world, kit, on) {
    const { message } = view;
    Object.assign(this, { view, world, kit, on, buttons: {}, hides: {}, keys: { ...KEYS } });
    this.editor = new Editor(view, world, kit, { save: (content) => this.#save(content), closed: () => this.buttons.edit.focus() });
    this.element = el("div", { class: "tools", role: "group", "aria-label": "Message" });
    for (const tool of kit.tools(view, world, on)) this.#add(tool);
    if (!message.ephemeral && message.own) {
      this.#add({ name: "edit", label: "Edit message", act: () => this.editor.open(), hidden: () => !view.message.own });
      this.#add({ name: "delete", label: "Delete message", act: () => this.remove(), hidden: () => !view.message.own });
    }
    // One stop of the Tab key for a whole list of messages: the tools of the one in focus come after it.
    view.element.addEventListener("focusin", () => this.#reachable(true));
    view.element.addEventListener("focusout", (event) => { if (!view.element.contains(event.relatedTarget)) this.#reachable(false); });
    view.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.hidden = !this.element.children.length;
    this.#reachable(false);
    this.update();
  }

  /** Hide what does not fit the message as it is. */
  update() {
    for (const [name, hidden] of Object.entries(this.hides)) this.buttons[name].hidden = hidden();
  }

  edit() {
    this.buttons.edit.click();
  }

  get canEdit() {
    return Boolean(this.buttons.edit);
  }

  #add({ name, label, act, key, hidden, menu }) {
    const button = el("button", { type: "button", "aria-label": label, title: label }, icon(menu ? "more" : name));
    const list = menu && new Menu(button, this.element);
    button.addEventListener("click", () => attempt(list ? () => this.#toggle(list, menu) : act));
    this.buttons[name] = button;
    if (hidden) this.hides[name] = hidden;
    if (key) this.keys[key] = name;
    this.element.append(button);
  }

  /** Open or close a list of more: {label, said, act} each, which may have to be asked for. */
  async #toggle(list, menu) {
    const items = list.list ? [] : await menu();
    list.toggle(items.map((item) => ({ ...item, act: () => attempt(item.act) })));
  }

  #reachable(yes) {
    for (const button of Object.values(this.buttons)) button.tabIndex = yes ? 0 : -1;
  }

  #key(event) {
    if (event.target !== this.view.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = this.buttons[this.keys[event.key]];
    if (!button || button.hidden) return;
    event.preventDefault();
    button.click();
  }

  async #save(content) {
    if (!content && !this.view.message.files.length) {
      await this.remove();
      return false;
    }
    return attempt(() => this.kit.edit(this.world, this.view.message, content));
  }

  async remove() {
    const yes = await confirmed("Delete this message?", "It goes for everyone, and the bot does not answer it any more. This cannot be undone.", "Delete");
    if (yes) await attempt(() => this.kit.remove(this.world, this.view.message));
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
