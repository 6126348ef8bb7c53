// Where a person writes: Enter sends, "@" offers people, a button inserts the bot's mention.

import { el, toast } from "./dom.mjs";
import { Refused } from "./server.mjs";
import { DIRECT } from "./world.mjs";

const LONGEST = 2000; // https://docs.discord.com/developers/resources/message#create-message
const COUNT_FROM = 1800;

export class Composer {
  constructor(name, world, send) {
    Object.assign(this, { name, world, send, chosen: 0 });
    this.box = el("textarea", { id: `composer-${name}`, rows: "1", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": `offers-${name}` });
    this.offers = el("ul", { id: `offers-${name}`, class: "offers", role: "listbox", "aria-label": "People to mention", hidden: true });
    this.hint = el("p", { class: "hint", id: `hint-${name}` });
    this.count = el("span", { class: "count" });
    this.mention = el("button", { type: "button", class: "mention-button", onclick: () => this.insertMention() }, "@");
    this.submit = el("button", { type: "submit", class: "primary" }, "Send");
    this.box.setAttribute("aria-describedby", this.hint.id);
    this.element = el("form", { class: "composer" }, this.offers, el("div", { class: "field" }, this.mention, this.box, this.count, this.submit), this.hint);
    this.element.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("input", () => this.#changed());
    this.box.addEventListener("blur", () => setTimeout(() => this.#offer([]), 150));
  }

  /** Say where the message will go and what starts the bot there. */
  place(channel) {
    if (!channel) return;
    const bot = this.world.bot.name;
    const thread = this.world.isThread(channel);
    const me = this.world.name(this.world.me);
    const direct = channel.type === DIRECT;
    this.box.placeholder = thread ? `Reply as ${me}` : `Message ${direct ? "@" : "#"}${channel.name} as ${me}`;
    this.box.setAttribute("aria-label", `Message in ${channel.name}, as ${me}`);
    this.mention.setAttribute("aria-label", `Mention @${bot}`);
    this.mention.title = `Mention @${bot}`;
    this.hint.replaceChildren(...(thread || direct
      ? [thread ? `In its own threads ${bot} needs no mention.` : `Here ${bot} answers everything, without a mention.`]
      : ["Start with ", el("button", { type: "button", class: "as-link", onclick: () => this.insertMention() }, `@${bot}`), " and it answers in a thread."]));
    this.#changed();
  }

  insertMention() {
    const mention = `@${this.world.bot.name} `;
    if (!this.box.value.includes(mention.trim())) this.box.value = mention + this.box.value;
    this.box.focus();
    this.#changed();
  }

  write(text) {
    this.box.value = text;
    this.box.focus();
    this.#changed();
  }

  /** Put ids where names are written, as Discord's own client does. */
  #encoded() {
    const people = [this.world.bot, ...this.world.people].sort((one, other) => other.name.length - one.name.length);
    let text = this.box.value.trim();
    for (const { id, name } of people) {
      const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      text = text.replace(new RegExp(`(?<!\\w)@${escaped}(?!\\w)`, "gi"), `<@${id}>`);
    }
    return text;
  }

  async #submit() {
    const written = this.box.value;
    const content = this.#encoded();
    if (!content || this.sending) return;
    this.sending = true;
    this.box.value = "";
    this.#changed();
    try {
      await this.send(content);
    } catch (error) {
      if (!this.box.value) this.box.value = written;
      this.#changed();
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
    } finally {
      this.sending = false;
    }
  }

  #changed() {
    this.box.style.setProperty("height", "auto");
    if (this.box.value) this.box.style.setProperty("height", `${Math.min(this.box.scrollHeight, 200)}px`);
    const left = LONGEST - this.#encoded().length;
    this.count.textContent = LONGEST - left >= COUNT_FROM ? String(left) : "";
    this.count.classList.toggle("over", left < 0);
    const typed = /(?:^|\s)@(\w*)$/.exec(this.box.value.slice(0, this.box.selectionStart));
    const start = typed?.[1].toLowerCase();
    this.#offer(typed ? [this.world.bot, ...this.world.people].filter(({ name }) => name.toLowerCase().startsWith(start)) : []);
  }

  #offer(people) {
    this.offered = people;
    this.chosen = 0;
    this.offers.hidden = people.length === 0;
    this.offers.replaceChildren(...people.map((person, index) => el("li", {
      role: "option", id: `offer-${this.name}-${index}`,
      onmousedown: (event) => { event.preventDefault(); this.#take(index); },
    }, `@${person.name}`, person === this.world.bot ? el("span", { class: "tag" }, "APP") : null)));
    this.#mark();
  }

  #mark() {
    [...this.offers.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === this.chosen)));
    if (this.offered.length) this.box.setAttribute("aria-activedescendant", `offer-${this.name}-${this.chosen}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  #take(index) {
    const caret = this.box.selectionStart;
    const before = this.box.value.slice(0, caret).replace(/@\w*$/, `@${this.offered[index].name} `);
    this.box.value = before + this.box.value.slice(caret).trimStart();
    this.box.setSelectionRange(before.length, before.length);
    this.#changed();
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.offered?.length) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        this.chosen = (this.chosen + step + this.offered.length) % this.offered.length;
        this.#mark();
      } else if (event.key === "Enter" || event.key === "Tab") {
        this.#take(this.chosen);
      } else if (event.key === "Escape") {
        this.#offer([]);
      } else {
        return;
      }
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    }
  }
}
