// One open channel or thread: its heading, its messages and its composer.

import { byId, el, toast } from "./dom.mjs";
import { Composer } from "./composer.mjs";
import { MessageView, continues } from "./message.mjs";
import { Refused, post } from "./server.mjs";
import { DIRECT } from "./world.mjs";

const order = (one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1);

export class Pane {
  /** `on` has openThread(id) and close() (for a thread's pane), and sent(message). */
  constructor(name, root, world, on) {
    Object.assign(this, { name, root, world, on, channel: null, views: new Map() });
    this.list = el("ol", { class: "messages", "aria-label": "Messages", tabindex: "0" });
    this.heading = el("h2", {});
    this.status = el("p", { class: "typing" });
    this.welcome = el("div", { class: "welcome-place" });
    this.composer = new Composer(name, world, () => ({ as: world.me, channel: this.channel }), (message) => this.#send(message));
    this.bar = el("header", { class: "pane-bar" }, this.heading);
    if (on.close) this.bar.append(el("button", { type: "button", class: "icon-button", "aria-label": "Close the thread", onclick: on.close }, "×"));
    this.scroller = el("div", { class: "scroller" }, this.welcome, this.list);
    root.replaceChildren(this.bar, this.scroller, this.status, this.composer.element);
    this.scroller.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.scroller;
      this.pinned = scrollHeight - scrollTop - clientHeight < 80;
    });
    new ResizeObserver(() => this.#keepDown()).observe(this.list);
    world.listen((kind, data) => this.#heard(kind, data));
  }

  /** Show a channel or thread; nothing is lost if it is the one shown already. */
  async show(id) {
    this.channel = id;
    this.views.clear();
    this.list.replaceChildren();
    this.pinned = true;
    this.#title();
    this.#typing();
    this.composer.place(this.world.channels.get(id));
    let messages;
    try {
      messages = await this.world.open(id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
      return;
    }
    if (this.channel !== id) return;
    for (const message of messages.sort(order)) this.#put(message);
    this.#keepDown();
    this.on.shown?.(this);
  }

  clear() {
    this.channel = null;
    this.views.clear();
    this.list.replaceChildren();
  }

  #heard(kind, data) {
    if (kind === "loaded" && this.channel) {
      if (this.world.channels.has(this.channel)) this.show(this.channel);
    } else if (kind === "message" && data.channel_id === this.channel) {
      this.#put(data);
      this.#typing();
      this.#keepDown();
    } else if (kind === "message-deleted" && data.channel_id === this.channel) {
      this.#remove(data.id);
    } else if (kind === "channel") {
      if (data.id === this.channel) this.#title();
      this.views.get(data.id)?.updateThread();
      this.#keepDown();
    } else if (kind === "typing" && data.channel_id === this.channel) {
      this.#typing();
    }
  }

  #put(message) {
    const known = this.views.get(message.id);
    if (known) {
      known.update(message);
      return;
    }
    const view = new MessageView(message, this.world, {
      press: (target, id) => this.#press(target, id),
      edit: (target, content) => post("/page/edit", { ...this.#which(target), content }),
      remove: (target) => post("/page/delete", this.#which(target)),
      openThread: this.on.openThread,
      dismiss: (target) => this.world.apply("message-deleted", { id: target.id, channel_id: target.channel_id }),
    });
    this.views.set(message.id, view);
    const after = [...this.list.children].findLast((item) => BigInt(item.id.slice(2)) < BigInt(message.id));
    if (after) after.after(view.element);
    else this.list.prepend(view.element);
    this.#regroup(view.element);
    this.#regroup(view.element.nextElementSibling);
  }

  #regroup(item) {
    if (!item) return;
    const view = (element) => element && this.views.get(element.id.slice(2));
    view(item).setContinued(continues(view(item.previousElementSibling)?.message, view(item).message));
  }

  #remove(id) {
    const view = this.views.get(id);
    if (!view) return;
    this.views.delete(id);
    const next = view.element.nextElementSibling;
    const hadFocus = view.element.contains(document.activeElement);
    view.element.remove();
    this.#regroup(next);
    if (hadFocus) this.list.focus();
  }

  #title() {
    const channel = this.world.channels.get(this.channel);
    if (!channel) return;
    const mark = el("span", { class: "hash", "aria-hidden": "true" }, this.world.isThread(channel) ? "↳" : channel.type === DIRECT ? "@" : "#");
    this.heading.replaceChildren(mark, channel.name);
    if (channel.topic) this.heading.append(el("small", {}, channel.topic));
    this.list.setAttribute("aria-label", `Messages in ${channel.name}`);
  }

  #typing() {
    const names = this.world.typists(this.channel);
    this.status.textContent = names.length ? `${names.join(", ")} ${names.length > 1 ? "are" : "is"} typing…` : "";
  }

  #keepDown() {
    if (this.pinned) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  async #send({ as, channel, content }) {
    this.pinned = true;
    const sent = await post("/page/messages", { as, channel, content });
    this.on.sent?.(sent.message);
  }

  #which(message) {
    return { as: this.world.me, channel: message.channel_id, message: message.id };
  }

  async #press(message, id) {
    try {
      await post("/page/press", { ...this.#which(message), custom_id: id });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
    }
  }

  focus() {
    (byId(`composer-${this.name}`) ?? this.list).focus();
  }
}
