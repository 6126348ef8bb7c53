// One open place: its heading, its messages (or what stands for them) and its composer.

import { Composer } from "./composer.mjs";
import { el, toast } from "./dom.mjs";
import { takeDrops } from "./files.mjs";
import { icon } from "./icons.mjs";
import { MessageView, continues } from "./message.mjs";
import { Refused } from "./server.mjs";

const order = (one, other) => (one.order < other.order ? -1 : 1);

export class Pane {
  /**
   * `kit.furnish(pane)` gives what the platform adds: `tools` {button, panel, place(place)} of the
   * bar, and a `front` {element, show(place)} that may stand for the messages of a place.
   * `on` has openThread(id), tryExample(example), close() (a thread's pane), sent(message) and shown(pane).
   */
  constructor(name, root, world, kit, on) {
    Object.assign(this, { name, root, world, kit, on, channel: null, views: new Map() });
    this.list = el("ol", { class: "messages", "aria-label": "Messages", tabindex: "0" });
    this.heading = el("h2", {});
    this.status = el("div", { class: "status" });
    this.welcome = el("div", { class: "welcome-place" });
    Object.assign(this, kit.furnish(this));
    this.composer = new Composer(name, world, kit, {
      send: (message) => this.#send(message),
      answered: (answer) => this.answered(answer),
      editLast: () => this.#editLast(),
    });
    this.bar = el("header", { class: "pane-bar" }, this.heading, this.tools?.button);
    if (on.close) this.bar.append(el("button", { type: "button", class: "icon-button", "aria-label": "Close the thread", onclick: on.close }, icon("close")));
    this.scroller = el("div", { class: "scroller" }, this.welcome, this.list, this.front?.element);
    root.replaceChildren(...[this.bar, this.tools?.panel, this.scroller, this.status, this.composer.element].filter(Boolean));
    this.scroller.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.scroller;
      if (!clientHeight) return;
      // What is told comes a moment after it was done: a picture may have taken room meanwhile,
      // so that only who scrolls up has left the end.
      const isDown = scrollHeight - scrollTop - clientHeight < 80;
      this.pinned = isDown || (this.pinned && scrollTop >= this.scrolled);
      this.scrolled = scrollTop;
    });
    this.list.addEventListener("keydown", (event) => this.#walk(event));
    takeDrops(root, this.composer.box, () => !this.composer.form, (files) => this.composer.tray.add(files));
    // A status line below takes room from what is above it.
    const sizes = new ResizeObserver(() => this.keepDown());
    for (const part of [this.list, this.scroller]) sizes.observe(part);
    world.listen((kind, data) => this.#heard(kind, data));
  }

  get place() {
    return this.world.place(this.channel);
  }

  get takesCommands() {
    return Boolean(this.place && !this.composer.element.hidden && this.composer.said?.commands);
  }

  /** Show a place; nothing is lost if it is the one shown already. */
  async show(id) {
    this.channel = id;
    this.views.clear();
    this.list.replaceChildren();
    this.pinned = true;
    this.scrolled = 0;
    this.#title();
    this.#status();
    this.kit.opened?.(this.world, this.place)?.catch((error) => { if (!(error instanceof Refused)) throw error; });
    const fronted = this.front?.show(this.place) ?? false;
    this.list.hidden = fronted;
    this.composer.element.hidden = fronted && !this.front.writes;
    if (!fronted && !await this.#read(id)) return;
    this.on.shown?.(this);
  }

  async #read(id) {
    try {
      const messages = await this.world.open(id);
      if (this.channel !== id) return false;
      for (const message of messages.sort(order)) this.#put(message);
      this.keepDown();
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
      return false;
    }
  }

  clear() {
    this.channel = null;
    this.views.clear();
    this.list.replaceChildren();
  }

  #heard(kind, data) {
    if (kind === "loaded" && this.channel) {
      if (this.place) this.show(this.channel);
    } else if (kind === "message" && data.places.includes(this.channel)) {
      this.#put(data);
      this.#status();
      this.keepDown();
    } else if (kind === "message-deleted" && data.places.includes(this.channel)) {
      this.#remove(data.id);
    } else if (kind === "channel" || kind === "channel-deleted") {
      if (data.id === this.channel && kind === "channel") this.#title();
      this.views.get(data.id)?.updateThread();
      this.keepDown();
    } else if (kind === "status" && data.place === this.channel) {
      this.#status();
    }
  }

  #put(message) {
    const known = this.views.get(message.id);
    if (known) {
      known.update(message);
      return;
    }
    const view = new MessageView(message, this.channel, this.world, this.kit, {
      press: (target, button) => this.wait(this.kit.press(this.world, target, button)),
      answered: (answer) => this.answered(answer),
      reply: (target) => this.composer.answer(target),
      openThread: this.on.openThread,
      tryExample: this.on.tryExample,
      dismiss: (target) => this.world.forget(target),
    });
    this.views.set(message.id, view);
    const after = [...this.list.children].findLast((item) => order(this.#view(item).message, message) < 0);
    if (after) after.after(view.element);
    else this.list.prepend(view.element);
    this.#regroup(view.element);
    this.#regroup(view.element.nextElementSibling);
  }

  #view(element) {
    return element && this.views.get(element.id.slice(2));
  }

  #regroup(item) {
    if (!item) return;
    this.#view(item).setContinued(continues(this.#view(item.previousElementSibling)?.message, this.#view(item).message));
  }

  #remove(id) {
    const view = this.views.get(id);
    if (!view) return;
    this.views.delete(id);
    if (this.composer.reply?.id === id) this.composer.answer(null);
    const next = view.element.nextElementSibling;
    const hadFocus = view.element.contains(document.activeElement);
    view.element.remove();
    this.#regroup(next);
    if (hadFocus) this.list.focus();
  }

  #title() {
    const { place, world } = this;
    if (!place) return;
    const kind = world.kindName(place);
    this.heading.replaceChildren(icon(world.sign(place)), el("span", { class: "name" }, place.name), kind ? el("span", { class: "unseen" }, ` (${kind})`) : "");
    if (place.topic) this.heading.append(el("small", {}, place.topic));
    this.list.setAttribute("aria-label", `Messages in ${place.name}. ${this.kit.keys}`);
    this.tools?.place(place);
    this.composer.place(place);
  }

  /** What goes on here, in a line; with a way to end it where the platform has one. */
  #status() {
    const status = this.channel && this.world.status(this.channel);
    const key = JSON.stringify(status ?? null);
    if (this.shownStatus === key) return;
    this.shownStatus = key;
    this.status.replaceChildren(...(status ? [el("p", { class: "typing" }, status.text),
      status.stop ? el("button", { type: "button", onclick: () => this.wait(this.kit.stop(this.world, this.channel)) }, status.stop) : null] : []).filter(Boolean));
  }

  keepDown() {
    if (this.pinned && !this.list.hidden) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Show what stands over the messages, until something is written. */
  showTop() {
    this.pinned = false;
    this.scroller.scrollTop = 0;
  }

  /** Arrow keys go from message to message; each one's tools come next by Tab. */
  #walk(event) {
    if (!event.target.matches(".messages, .message")) return;
    const here = event.target.matches(".message") ? event.target : null;
    const items = [...this.list.children];
    const next = {
      ArrowUp: here ? here.previousElementSibling : items.at(-1),
      ArrowDown: here ? here.nextElementSibling : items.at(-1),
      Home: items[0],
      End: items.at(-1),
    }[event.key];
    if (event.key === "Escape" && here) this.composer.focus();
    else if (next) next.focus();
    else return;
    event.preventDefault();
  }

  #editLast() {
    const view = [...this.list.children].map((item) => this.#view(item)).findLast(({ toolbar }) => toolbar.canEdit);
    view?.toolbar.edit();
    return Boolean(view);
  }

  async #send(message) {
    this.pinned = true;
    const { message: sent, open, answer } = await this.kit.send(this.world, message, message.place);
    if (answer) this.answered(answer);
    if (sent) this.on.sent?.(sent);
    if (open) this.on.openThread(open);
  }

  /** Wait for what the bot answers first; a refusal becomes a toast. */
  async wait(answer) {
    try {
      this.answered(await answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
    }
  }

  answered(answer) {
    this.pinned = true;
    this.kit.answered(this.world, answer, (next) => this.answered(next));
  }

  focus() {
    if (this.composer.element.hidden) this.bar.querySelector("button")?.focus();
    else this.composer.focus();
  }
}
