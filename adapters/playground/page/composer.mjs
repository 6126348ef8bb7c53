// Where a person writes: Enter sends, "@" offers people, a button inserts the bot's mention.

import { el, toast } from "./dom.mjs";
import { encode } from "./names.mjs";
import { Refused } from "./server.mjs";
import { DIRECT } from "./world.mjs";

const LONGEST = 2000; // https://docs.discord.com/developers/resources/message#create-message
const COUNT_FROM = 1800;
const TELL_AFTER_MILLISECONDS = 400;

export class Composer {
  /** `address()` is where and as whom a message is to go; `send` posts {content, ...address}. */
  constructor(name, world, address, send) {
    Object.assign(this, { name, world, address, send, chosen: 0, waiting: [] });
    this.box = el("textarea", { id: `composer-${name}`, rows: "1", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": `offers-${name}` });
    this.offers = el("ul", { id: `offers-${name}`, class: "offers", role: "listbox", "aria-label": "People to mention", hidden: true });
    this.hint = el("p", { class: "hint", id: `hint-${name}` });
    this.count = el("span", { class: "count" });
    this.pending = el("p", { class: "hint pending", role: "status" });
    this.mention = el("button", { type: "button", class: "mention-button", onclick: () => this.insertMention() }, "@");
    this.submit = el("button", { type: "submit", class: "primary" }, "Send");
    this.box.setAttribute("aria-describedby", this.hint.id);
    this.element = el("form", { class: "composer" }, this.offers, el("div", { class: "field" }, this.mention, this.box, this.count, this.submit), el("div", { class: "hints" }, this.hint, this.pending));
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

  #submit() {
    const written = this.box.value;
    if (!written.trim()) return;
    this.box.value = "";
    this.#changed();
    this.post(written);
  }

  /** Send a text behind what is being sent; what cannot be sent comes back into the box. */
  async post(written) {
    this.waiting.push({ written, content: encode(this.world, written), ...this.address() });
    this.#tellWaiting();
    if (this.waiting.length > 1) return;
    try {
      while (this.waiting.length) {
        await this.send(this.waiting[0]);
        this.waiting.shift();
        this.#tellWaiting();
      }
    } catch (error) {
      const unsent = this.waiting.splice(0).map((message) => message.written);
      this.box.value = [...unsent, this.box.value].filter(Boolean).join("\n");
      this.#changed();
      this.#tellWaiting();
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
    }
  }

  /** Say that something is still on its way, unless it is gone at once. */
  #tellWaiting() {
    clearTimeout(this.telling);
    const { length } = this.waiting;
    if (!length) this.pending.textContent = "";
    else this.telling = setTimeout(() => { this.pending.textContent = length > 1 ? `Sending ${length} messages…` : "Sending…"; }, TELL_AFTER_MILLISECONDS);
  }

  #changed() {
    this.box.style.setProperty("height", "auto");
    if (this.box.value) this.box.style.setProperty("height", `${Math.min(this.box.scrollHeight, 200)}px`);
    const left = LONGEST - encode(this.world, this.box.value).length;
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
