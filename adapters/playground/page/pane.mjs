// One open channel or thread: its heading, its messages (or a forum's posts) and its composer.

import { Composer } from "./composer.mjs";
import { byId, el, toast } from "./dom.mjs";
import { takeDrops } from "./files.mjs";
import { openForm } from "./form.mjs";
import { icon } from "./icons.mjs";
import { kindName, sign } from "./kinds.mjs";
import { plain } from "./markdown.mjs";
import { MessageView, continues } from "./message.mjs";
import { drawPosts } from "./posts.mjs";
import { Refused, post, postForm } from "./server.mjs";
import { ThreadTools } from "./tools.mjs";

const order = (one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1);
const NAME_LONGEST = 60;

export class Pane {
  /** `on` has openThread(id), tryExample(example), close() (a thread's pane), sent(message) and shown(pane). */
  constructor(name, root, world, on) {
    Object.assign(this, { name, root, world, on, channel: null, views: new Map() });
    this.list = el("ol", { class: "messages", "aria-label": "Messages", tabindex: "0" });
    this.posts = el("ul", { class: "posts", "aria-label": "Posts", hidden: true });
    this.heading = el("h2", {});
    this.status = el("p", { class: "typing" });
    this.welcome = el("div", { class: "welcome-place" });
    this.tools = new ThreadTools(name, world);
    this.composer = new Composer(name, world, () => ({ as: world.me, channel: this.channel }), {
      send: (message) => this.#send(message),
      answered: (answer) => this.#answered(answer),
      editLast: () => this.#editLast(),
    });
    this.bar = el("header", { class: "pane-bar" }, this.heading, this.tools.button);
    if (on.close) this.bar.append(el("button", { type: "button", class: "icon-button", "aria-label": "Close the thread", onclick: on.close }, icon("close")));
    this.scroller = el("div", { class: "scroller" }, this.welcome, this.list, this.posts);
    root.replaceChildren(this.bar, this.tools.panel, this.scroller, this.status, this.composer.element);
    this.scroller.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.scroller;
      this.pinned = scrollHeight - scrollTop - clientHeight < 80;
    });
    this.list.addEventListener("keydown", (event) => this.#walk(event));
    takeDrops(root, this.composer.box, () => !this.composer.form, (files) => this.composer.tray.add(files));
    new ResizeObserver(() => this.#keepDown()).observe(this.list);
    world.listen((kind, data) => this.#heard(kind, data));
  }

  get place() {
    return this.world.channels.get(this.channel);
  }

  /** Show a channel or thread; nothing is lost if it is the one shown already. */
  async show(id) {
    this.channel = id;
    this.views.clear();
    this.list.replaceChildren();
    this.pinned = true;
    this.#title();
    this.#typing();
    const forum = this.world.isForum(this.place);
    this.list.hidden = forum;
    this.posts.hidden = !forum;
    if (forum) this.#drawPosts();
    else if (!await this.#read(id)) return;
    this.on.shown?.(this);
  }

  async #read(id) {
    try {
      const messages = await this.world.open(id);
      if (this.channel !== id) return false;
      for (const message of messages.sort(order)) this.#put(message);
      this.#keepDown();
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
      if (this.world.channels.has(this.channel)) this.show(this.channel);
    } else if (kind === "message" && data.channel_id === this.channel) {
      this.#put(data);
      this.#typing();
      this.#keepDown();
    } else if (kind === "message-deleted" && data.channel_id === this.channel) {
      this.#remove(data.id);
    } else if (kind === "channel" || kind === "channel-deleted") {
      if (data.id === this.channel && kind === "channel") this.#title();
      if (this.channel && data.parent_id === this.channel && !this.posts.hidden) this.#drawPosts();
      this.views.get(data.id)?.updateThread();
      this.#keepDown();
    } else if (kind === "typing" && data.channel_id === this.channel) {
      this.#typing();
    }
  }

  #drawPosts() {
    drawPosts(this.posts, this.world, this.channel, this.on.openThread);
  }

  #put(message) {
    const known = this.views.get(message.id);
    if (known) {
      known.update(message);
      return;
    }
    const view = new MessageView(message, this.world, {
      press: (target, id) => this.#press(target, id),
      reply: (target) => this.composer.answer(target),
      startThread: (target) => this.#startThread(target),
      edit: (target, content) => post("/page/edit", { ...this.#which(target), content }),
      remove: (target) => post("/page/delete", this.#which(target)),
      openThread: this.on.openThread,
      tryExample: this.on.tryExample,
      dismiss: (target) => this.world.apply("message-deleted", { id: target.id, channel_id: target.channel_id }),
    });
    this.views.set(message.id, view);
    const after = [...this.list.children].findLast((item) => BigInt(item.id.slice(2)) < BigInt(message.id));
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
    const { place } = this;
    if (!place) return;
    const kind = kindName(place);
    this.heading.replaceChildren(icon(sign(place)), el("span", { class: "name" }, place.name), kind ? el("span", { class: "unseen" }, ` (${kind})`) : "");
    if (place.topic) this.heading.append(el("small", {}, place.topic));
    this.list.setAttribute("aria-label", `Messages in ${place.name}. Arrow keys move; R replies, E edits, Delete deletes.`);
    this.posts.setAttribute("aria-label", `Posts in ${place.name}`);
    this.tools.place(this.world.isThread(place) ? place : null);
    this.composer.place(place);
  }

  #typing() {
    const names = this.world.typists(this.channel);
    this.status.textContent = names.length ? `${names.join(", ")} ${names.length > 1 ? "are" : "is"} typing…` : "";
  }

  #keepDown() {
    if (this.pinned && this.posts.hidden) this.scroller.scrollTop = this.scroller.scrollHeight;
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

  async #send({ as, channel, content, files, reply_to, title }) {
    this.pinned = true;
    const body = { as, channel, content, reply_to, title };
    const path = title === undefined ? "/page/messages" : "/page/posts";
    const sent = await (files.length ? postForm(path, body, files.map((file, index) => [`files[${index}]`, file])) : post(path, body));
    if (title === undefined) this.on.sent?.(sent.message);
    else this.on.openThread(sent.message.channel_id);
  }

  #which(message) {
    return { as: this.world.me, channel: message.channel_id, message: message.id };
  }

  async #startThread(message) {
    const name = plain(message.content).slice(0, NAME_LONGEST) || "A thread";
    const { thread } = await post("/page/threads", { ...this.#which(message), name });
    this.on.openThread(thread);
  }

  async #press(message, id) {
    await this.#wait(post("/page/press", { ...this.#which(message), custom_id: id }));
  }

  /** Use a command without options here. */
  async use(name) {
    await this.#wait(post("/page/command", { as: this.world.me, channel: this.channel, name, options: {} }));
  }

  async #wait(answer) {
    try {
      this.#answered(await answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
    }
  }

  /** The bot's first answer may be a form; whatever else it is comes by itself. */
  #answered(answer) {
    this.pinned = true;
    if (answer.modal) openForm(this.world, answer, (next) => this.#answered(next));
  }

  focus() {
    if (byId(`composer-${this.name}`)) this.composer.focus();
    else this.list.focus();
  }
}
