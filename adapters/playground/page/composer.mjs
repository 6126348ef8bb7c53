// Where a person writes: Enter sends, "@" offers people, "/" commands, "+" takes files.

import { CommandForm, readCommands } from "./commands.mjs";
import { announce, el, toast } from "./dom.mjs";
import { Tray } from "./files.mjs";
import { icon } from "./icons.mjs";
import { DIRECT } from "./kinds.mjs";
import { plain } from "./markdown.mjs";
import { encode } from "./names.mjs";
import { Offers } from "./offers.mjs";
import { Outbox } from "./outbox.mjs";
import { Refused } from "./server.mjs";

const LONGEST = 2000; // https://docs.discord.com/developers/resources/message#create-message
const COUNT_FROM = 1800;
const TITLE_LONGEST = 100;
const COMMAND = /^\/([\w -]*)$/;

export class Composer {
  /** `address()` is where and as whom a message goes. `on` has send(message), answered(answer) and editLast(). */
  constructor(name, world, address, on) {
    Object.assign(this, { name, world, address, on, reply: null, form: null, commands: null });
    this.box = el("textarea", { id: `composer-${name}`, rows: "1", autocomplete: "off" });
    this.offers = new Offers(this.box, "Suggestions", { draw: (item) => this.#draw(item), take: (item) => this.#take(item) });
    this.tray = new Tray(world, () => this.box.focus());
    this.title = el("input", { class: "title", type: "text", maxlength: TITLE_LONGEST, autocomplete: "off", "aria-label": "Title of the post", placeholder: "Title of a new post", hidden: true });
    this.answering = el("p", { class: "answering", hidden: true });
    this.hint = el("p", { class: "hint", id: `hint-${name}` });
    this.count = el("span", { class: "count" });
    this.pending = el("p", { class: "hint", role: "status" });
    this.remark = el("p", { class: "hint", role: "status" });
    this.outbox = new Outbox((message) => on.send(message), (text) => { this.pending.textContent = text; }, (unsent) => this.#giveBack(unsent));
    this.mention = el("button", { type: "button", class: "field-button", onclick: () => this.insertMention() }, "@");
    this.slash = el("button", { type: "button", class: "field-button", "aria-label": "Commands", title: "Commands", onclick: () => this.#openCommands() }, "/");
    this.submit = el("button", { type: "submit", class: "primary" }, "Send");
    this.box.setAttribute("aria-describedby", this.hint.id);
    this.field = el("form", { class: "writing" }, this.title, this.tray.element, this.answering,
      el("div", { class: "field" }, this.tray.input, this.box, el("span", { class: "field-buttons" }, this.tray.button, this.slash, this.mention), this.count, this.submit));
    this.element = el("div", { class: "composer" }, this.offers.element, this.field, el("div", { class: "hints" }, this.hint, this.remark, this.pending));
    this.field.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("input", () => this.#changed());
  }

  /** Say where the message will go and what starts the bot there. */
  place(channel) {
    if (!channel) return;
    const bot = this.world.bot.name;
    const thread = this.world.isThread(channel);
    const forum = this.world.isForum(channel);
    const me = this.world.name(this.world.me);
    const direct = channel.type === DIRECT;
    if (this.at !== channel.id) this.#closeForm(false);
    if (this.at !== channel.id) this.answer(null);
    this.at = channel.id;
    this.commands = null;
    this.title.hidden = !forum;
    this.slash.hidden = forum;
    this.box.placeholder = forum ? `First message, as ${me}` : thread ? `Reply as ${me}` : `Message ${direct ? "@" : "#"}${channel.name} as ${me}`;
    this.box.setAttribute("aria-label", forum ? `First message of the post, as ${me}` : `Message in ${channel.name}, as ${me}`);
    this.submit.textContent = forum ? "Post" : "Send";
    this.mention.setAttribute("aria-label", `Mention @${bot}`);
    this.mention.title = `Mention @${bot}`;
    const before = channel.thread_metadata?.locked ? "This thread is locked: moderators only. " : channel.thread_metadata?.archived ? "This thread is archived; a message wakes it. " : "";
    const link = el("button", { type: "button", class: "as-link", onclick: () => this.insertMention() }, `@${bot}`);
    this.hint.replaceChildren(...(thread ? [`${before}In its own threads ${bot} needs no mention.`]
      : direct ? [`Here ${bot} answers everything, without a mention.`]
        : ["Start with ", link, forum ? " and it answers in the post." : " and it answers in a thread."]));
    this.#changed();
  }

  /** Put words into the box, as if they had been typed. */
  write(words) {
    this.#closeForm(false);
    this.box.value = words;
    this.box.focus();
    this.box.setSelectionRange(words.length, words.length);
    this.#changed();
  }

  insertMention() {
    const mention = `@${this.world.bot.name} `;
    if (!this.box.value.includes(mention.trim())) this.box.value = mention + this.box.value;
    this.box.focus();
    this.#changed();
  }

  /** Let the next message answer another, or none. */
  answer(message) {
    this.reply = message;
    this.answering.hidden = !message;
    if (!message) return;
    const name = this.world.name(message.author.id);
    this.answering.replaceChildren(icon("reply"), el("span", {}, `Replying to ${name}: ${plain(message.content).slice(0, 80)}`),
      el("button", { type: "button", class: "icon-button", "aria-label": "Do not reply", onclick: () => { this.answer(null); this.box.focus(); } }, icon("close")));
    announce(`Replying to ${name}.`);
    this.focus();
  }

  focus() {
    (this.form?.element.querySelector("input, select, textarea, [type=submit]") ?? (this.title.hidden ? this.box : this.title)).focus();
  }

  /** Send a text, with files if there are any, behind what is being sent. */
  post(written, files = []) {
    const message = { written, content: encode(this.world, written), files, ...this.address() };
    if (this.reply) message.reply_to = this.reply.id;
    if (!this.title.hidden) message.title = this.title.value.trim();
    this.answer(null);
    return this.outbox.put(message);
  }

  #submit() {
    const written = this.box.value;
    if (!this.title.hidden && !this.title.value.trim()) {
      toast("A post needs a title.");
      this.title.focus();
      return;
    }
    if (!written.trim() && !this.tray.files.length) return;
    this.post(written, this.tray.take());
    this.box.value = "";
    this.title.value = "";
    this.#changed();
  }

  /** What could not be sent comes back before what was typed since. */
  #giveBack(unsent) {
    this.box.value = [...unsent.map(({ written }) => written), this.box.value].filter(Boolean).join("\n");
    if (unsent[0].title) this.title.value = unsent[0].title;
    const files = unsent.flatMap((message) => message.files);
    if (files.length) this.tray.add(files);
    this.#changed();
  }

  #changed() {
    this.box.style.setProperty("height", "auto");
    if (this.box.value) this.box.style.setProperty("height", `${Math.min(this.box.scrollHeight, 200)}px`);
    const left = LONGEST - encode(this.world, this.box.value).length;
    this.count.textContent = LONGEST - left >= COUNT_FROM ? String(left) : "";
    this.count.classList.toggle("over", left < 0);
    this.#suggest();
  }

  // --- what is offered while one types

  #suggest() {
    const before = this.box.value.slice(0, this.box.selectionStart);
    this.remark.textContent = "";
    if (!this.slash.hidden && this.box.value.startsWith("/")) {
      this.#suggestCommands();
      return;
    }
    const typed = /(?:^|\s)@(\w*)$/.exec(before)?.[1].toLowerCase();
    const people = typed === undefined ? [] : [this.world.bot, ...this.world.people].filter(({ name }) => name.toLowerCase().startsWith(typed));
    this.offers.element.setAttribute("aria-label", "People to mention");
    this.offers.show(people);
  }

  async #suggestCommands() {
    try {
      this.commands ??= readCommands(this.world, this.at);
      const known = await this.commands;
      const { value } = this.box;
      const chosen = known.find(({ name }) => value.startsWith(`/${name} `));
      const typed = COMMAND.exec(value)?.[1].toLowerCase();
      if (chosen) this.openCommand(chosen, value.slice(chosen.name.length + 2));
      if (chosen || typed === undefined) return this.offers.show([]);
      const found = known.filter(({ name }) => name.startsWith(typed));
      this.offers.element.setAttribute("aria-label", "Commands");
      this.offers.show(found);
      if (found.length) announce(`${found.length} ${found.length === 1 ? "command" : "commands"}.`);
      else this.remark.textContent = known.length ? `There is no command /${typed}.` : "The bot has registered no commands yet.";
    } catch (error) {
      this.commands = null;
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
    }
    return undefined;
  }

  #openCommands() {
    this.commands = null;
    this.write("/");
  }

  #draw(item) {
    if (item.application_id) return [el("strong", {}, `/${item.name}`), el("span", { class: "quiet" }, item.description)];
    return [`@${item.name}`, item === this.world.bot ? el("span", { class: "tag" }, "APP") : null].filter(Boolean);
  }

  #take(item) {
    if (item.application_id) {
      this.openCommand(item);
      return;
    }
    const caret = this.box.selectionStart;
    const before = this.box.value.slice(0, caret).replace(/@\w*$/, `@${item.name} `);
    this.box.value = before + this.box.value.slice(caret).trimStart();
    this.box.setSelectionRange(before.length, before.length);
    this.#changed();
  }

  // --- a chosen command takes the place of the box

  /** Open the command with a name; tell whether there is one. */
  async openNamed(name) {
    this.commands = readCommands(this.world, this.at);
    const found = (await this.commands).find((one) => one.name === name);
    if (found) this.openCommand(found);
    return Boolean(found);
  }

  openCommand(entry, rest = "") {
    this.#closeForm(false);
    this.box.value = "";
    this.form = new CommandForm(`option-${this.name}`, entry, this.world, this.at, {
      closed: () => this.#closeForm(true),
      answered: (answer) => this.on.answered(answer),
    });
    this.field.hidden = true;
    this.field.after(this.form.element);
    this.#changed();
    this.form.start(rest);
  }

  #closeForm(focus) {
    if (!this.form) return;
    this.form.element.remove();
    this.form = null;
    this.field.hidden = false;
    if (focus) this.box.focus();
  }

  #key(event) {
    if (event.isComposing || this.offers.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.reply) {
      event.preventDefault();
      this.answer(null);
    } else if (event.key === "ArrowUp" && !this.box.value && this.on.editLast()) {
      event.preventDefault();
    }
  }
}
