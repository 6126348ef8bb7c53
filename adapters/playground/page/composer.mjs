// Where a person writes: Enter sends, "@" offers people, "/" commands, "+" takes files.

import { announce, el, toast } from "./dom.mjs";
import { Tray } from "./files.mjs";
import { icon } from "./icons.mjs";
import { Offers } from "./offers.mjs";
import { Outbox } from "./outbox.mjs";
import { sampleButton } from "./samples.mjs";
import { Refused } from "./server.mjs";

const COUNT_LAST = 200;
const COMMAND = /^\/([\w -]*)$/;

export class Composer {
  /** `on` has send(message), answered(answer) and editLast(). */
  constructor(name, world, kit, on) {
    Object.assign(this, { name, world, kit, on, reply: null, form: null, commands: null });
    this.box = el("textarea", { id: `composer-${name}`, rows: "1", autocomplete: "off" });
    this.offers = new Offers(this.box, "Suggestions", { draw: (item) => this.#draw(item), take: (item) => this.#take(item) });
    this.tray = new Tray(world, () => this.box.focus());
    this.samples = sampleButton((file) => this.tray.add([file]), { label: "Attach a sample picture" });
    this.title = el("input", { class: "title", type: "text", autocomplete: "off", hidden: true });
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
      el("div", { class: "field" }, this.tray.input, this.box, el("span", { class: "field-buttons" }, this.tray.button, this.samples, this.slash, this.mention), this.count, this.submit));
    this.prompts = el("ul", { class: "prompts", "aria-label": "Suggestions to start with", hidden: true });
    this.element = el("div", { class: "composer" }, this.offers.element, this.prompts, this.field, el("div", { class: "hints" }, this.hint, this.remark, this.pending));
    this.field.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("input", () => this.#changed());
  }

  /** Say where the message will go and what starts the bot there. */
  place(place) {
    if (!place) return;
    const bot = this.world.bot.name;
    if (this.at !== place.id) {
      this.closeForm(false);
      this.answer(null);
    }
    this.at = place.id;
    this.commands = null;
    const link = el("button", { type: "button", class: "as-link", onclick: () => this.insertMention() }, `@${bot}`);
    this.said = this.kit.writing(this.world, place, link);
    const { title, placeholder, label, submit, commands, hint, prompts = [] } = this.said;
    this.prompts.hidden = !prompts.length;
    this.prompts.replaceChildren(...prompts.map((prompt) => el("li", {}, el("button", { type: "button", onclick: () => this.post(prompt.message) }, prompt.title))));
    this.title.hidden = !title;
    if (title) {
      this.title.setAttribute("aria-label", title.label);
      this.title.placeholder = title.placeholder;
      this.title.maxLength = title.longest;
    }
    this.slash.hidden = !commands;
    this.box.placeholder = placeholder;
    this.box.setAttribute("aria-label", label);
    this.submit.textContent = submit;
    this.mention.setAttribute("aria-label", `Mention @${bot}`);
    this.mention.title = `Mention @${bot}`;
    this.hint.replaceChildren(...hint);
    this.#changed();
  }

  /** Put words into the box, as if they had been typed. */
  write(words) {
    this.closeForm(false);
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
    const { name } = message.author;
    this.answering.replaceChildren(icon("reply"), el("span", {}, `Replying to ${name}: ${this.world.plain(message).slice(0, 80)}`),
      el("button", { type: "button", class: "icon-button", "aria-label": "Do not reply", onclick: () => { this.answer(null); this.box.focus(); } }, icon("close")));
    announce(`Replying to ${name}.`);
    this.focus();
  }

  focus() {
    (this.form?.querySelector("input, select, textarea, [type=submit]") ?? (this.title.hidden ? this.box : this.title)).focus();
  }

  /** Send a text, with files if there are any, behind what is being sent. */
  post(written, files = []) {
    const message = { written, content: this.kit.encode(this.world, written), files, as: this.world.me, place: this.at };
    if (this.reply) message.reply_to = this.reply.id;
    if (!this.title.hidden) message.title = this.title.value.trim();
    this.answer(null);
    return this.outbox.put(message);
  }

  #submit() {
    const written = this.box.value;
    if (!this.title.hidden && !this.title.value.trim()) {
      toast(this.said.title.missing);
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
    const left = this.kit.longest - this.kit.encode(this.world, this.box.value).length;
    this.count.textContent = left <= COUNT_LAST ? String(left) : "";
    this.count.classList.toggle("over", left < 0);
    this.#suggest();
  }

  // --- what is offered while one types

  #suggest() {
    const before = this.box.value.slice(0, this.box.selectionStart);
    this.remark.textContent = "";
    if (this.box.value.startsWith("/")) {
      if (this.said?.commands) this.#suggestCommands();
      else this.remark.textContent = this.said?.noCommands ?? "";
      return;
    }
    const typed = /(?:^|\s)@(\w*)$/.exec(before)?.[1].toLowerCase();
    const people = typed === undefined ? [] : [this.world.bot, ...this.world.people].filter(({ name }) => name.toLowerCase().startsWith(typed));
    this.offers.element.setAttribute("aria-label", "People to mention");
    this.offers.show(people);
  }

  async #suggestCommands() {
    try {
      this.commands ??= this.kit.commands(this.world, this.at);
      const known = await this.commands;
      const { value } = this.box;
      const chosen = known.find(({ name }) => value.startsWith(`/${name} `));
      const typed = COMMAND.exec(value)?.[1].toLowerCase();
      if (chosen) this.remark.textContent = this.kit.useCommand(chosen, value.slice(chosen.name.length + 2), this) ?? "";
      if (chosen || typed === undefined) return this.offers.show([]);
      const found = known.filter(({ name }) => name.startsWith(typed));
      this.offers.element.setAttribute("aria-label", "Commands");
      this.offers.show(found.map((command) => ({ command })));
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

  #draw({ command, name, id }) {
    if (command) return [el("strong", {}, `/${command.name}`), el("span", { class: "quiet" }, command.description)];
    return [`@${name}`, id === this.world.bot.id ? el("span", { class: "tag" }, "APP") : null].filter(Boolean);
  }

  #take(item) {
    if (item.command) {
      this.kit.useCommand(item.command, "", this);
      return;
    }
    const caret = this.box.selectionStart;
    const before = this.box.value.slice(0, caret).replace(/@\w*$/, `@${item.name} `);
    this.box.value = before + this.box.value.slice(caret).trimStart();
    this.box.setSelectionRange(before.length, before.length);
    this.#changed();
  }

  /** Use the command with a name as if it had been chosen; tell whether there is one. */
  async openNamed(name) {
    this.commands = this.kit.commands(this.world, this.at);
    const found = (await this.commands).find((one) => one.name === name);
    if (found) this.kit.useCommand(found, "", this);
    return Boolean(found);
  }

  // --- a form may take the place of the box

  openForm(element) {
    this.closeForm(false);
    this.box.value = "";
    this.form = element;
    this.field.hidden = true;
    this.field.after(element);
    this.#changed();
  }

  closeForm(focus) {
    if (!this.form) return;
    this.form.remove();
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
