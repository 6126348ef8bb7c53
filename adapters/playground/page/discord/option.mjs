// One option of a command as a field of its own kind, and what is wrong with what is in it.
// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type

import { el } from "../dom.mjs";
import { amount } from "../files.mjs";
import { Offers } from "../offers.mjs";
import { putInto, sampleButton } from "../samples.mjs";
import { Refused } from "../server.mjs";

const TEXT = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const USER = 6;
const CHANNEL = 7;
const NUMBER = 10;
const FILE = 11;
const LONGEST = 6000;
const SUGGEST_AFTER_MILLISECONDS = 150;

const number = new Intl.NumberFormat();

/** Say what an option takes, in few words. */
function takes({ type, min_value: least, max_value: most, min_length: shortest, max_length: longest }) {
  const noun = { [INTEGER]: "a whole number", [NUMBER]: "a number", [FILE]: "a file" }[type];
  if (type === TEXT && longest && longest < LONGEST) return `${shortest ?? 0} to ${number.format(longest)} characters`;
  if (least !== undefined && most !== undefined) return `${noun}, ${number.format(least)} to ${number.format(most)}`;
  if (least !== undefined) return `${noun}, ${number.format(least)} or more`;
  if (most !== undefined) return `${noun}, ${number.format(most)} or less`;
  return noun ?? "";
}

export class OptionField {
  /** `suggest(text)` asks the bot for choices, for an option that completes what is typed. */
  constructor(option, id, world, suggest) {
    Object.assign(this, { option, id, world, suggest, asked: 0 });
    this.wrong = el("small", { class: "wrong", id: `${id}-wrong` });
    this.box = this.#box();
    this.box.id = id;
    this.box.setAttribute("aria-describedby", `${id}-hint ${id}-wrong`);
    if (option.required) this.box.setAttribute("aria-required", "true");
    const hint = [option.description, takes(option)].filter(Boolean).join(" · ");
    this.element = el("div", { class: "option" },
      el("label", { for: id }, el("strong", {}, option.name), el("small", {}, option.required ? "required" : "optional")),
      this.box, option.type === FILE && sampleButton((file) => putInto(this.box, file), { words: "Use a sample picture", label: option.name, masks: true }), this.offers?.element, el("small", { class: "quiet", id: `${id}-hint` }, hint), this.wrong);
    this.box.addEventListener("input", () => this.complain(""));
  }

  #box() {
    const { type, choices, autocomplete, required } = this.option;
    const selects = (pairs) => el("select", {}, el("option", { value: "" }, required ? "Choose…" : "(not set)"), ...pairs.map(([value, name]) => el("option", { value }, name)));
    if (choices?.length) return selects(choices.map((one, index) => [String(index), one.name]));
    if (type === BOOLEAN) return selects([["true", "True"], ["false", "False"]]);
    if (type === USER) return selects([this.world.bot, ...this.world.people].map(({ id, name }) => [id, name]));
    if (type === CHANNEL) return selects(this.world.places().map(({ id, name }) => [id, `#${name}`]));
    if (type === FILE) return el("input", { type: "file" });
    const box = el("input", { type: "text", autocomplete: "off", spellcheck: String(type === TEXT), inputmode: type === INTEGER ? "numeric" : type === NUMBER ? "decimal" : undefined });
    if (autocomplete) this.#complete(box);
    return box;
  }

  // --- completion by the bot

  #complete(box) {
    box.setAttribute("role", "combobox");
    this.offers = new Offers(box, `Choices for ${this.option.name}`, {
      draw: ({ name }) => [el("span", {}, name), this.#isSimulated(name) ? el("span", { class: "tag" }, "SIMULATED") : null].filter(Boolean),
      take: (choice) => { box.value = choice.name; this.taken = choice; this.complain(""); },
    });
    const ask = () => { clearTimeout(this.soon); this.soon = setTimeout(() => this.#ask(box), SUGGEST_AFTER_MILLISECONDS); };
    box.addEventListener("input", () => { this.taken = null; ask(); });
    box.addEventListener("focus", () => { if (!this.taken) ask(); });
    box.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && !this.offers.open) { event.preventDefault(); ask(); } else this.offers.key(event);
    });
  }

  /** The bot does not know that a provider is a stand-in; the page does. */
  #isSimulated(name) {
    return this.world.simulated.some((title) => name.includes(title));
  }

  async #ask(box) {
    const turn = ++this.asked;
    try {
      const choices = await this.suggest(box.value);
      if (turn !== this.asked || document.activeElement !== box || this.taken) return;
      this.offers.show(choices, box.value ? 0 : -1);
      if (!choices.length && box.value) this.complain("Nothing matches; it is sent as it is written.", false);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (turn === this.asked) this.complain(error.message, false);
    }
  }

  // --- what is in it

  get empty() {
    return this.option.type === FILE ? !this.box.files.length : !this.box.value.trim();
  }

  get file() {
    return this.option.type === FILE ? this.box.files[0] : undefined;
  }

  /** Return the value as Discord's own client sends it. */
  get value() {
    const { type, choices } = this.option;
    const text = this.box.value;
    if (choices?.length) return choices[Number(text)].value;
    if (this.taken) return this.taken.value;
    if (type === BOOLEAN) return text === "true";
    if (type === INTEGER || type === NUMBER) return Number(text.trim());
    return text.trim();
  }

  /** Say what is wrong, or nothing; return whether all is well. */
  check() {
    const fault = this.#fault();
    this.complain(fault);
    return !fault;
  }

  #fault() {
    const { name, type, required, choices, min_value: least, max_value: most, min_length: shortest = 0, max_length: longest = LONGEST } = this.option;
    if (this.empty) return required ? `${name} is required.` : "";
    if (type === FILE) {
      const { size } = this.box.files[0];
      return size > this.world.limits.file_bytes ? `The file has ${amount(size)}; Discord takes at most ${amount(this.world.limits.file_bytes)}.` : "";
    }
    if (choices?.length || this.taken) return "";
    if (type === INTEGER || type === NUMBER) {
      const value = Number(this.box.value.trim());
      const fits = Number.isFinite(value) && (type === NUMBER || Number.isInteger(value)) && value >= (least ?? -Infinity) && value <= (most ?? Infinity);
      return fits ? "" : `${name} must be ${takes(this.option)}.`;
    }
    const { length } = this.box.value.trim();
    return type === TEXT && (length < shortest || length > longest) ? `${name} must have ${shortest} to ${number.format(longest)} characters; it has ${number.format(length)}.` : "";
  }

  complain(text, wrong = Boolean(text)) {
    this.wrong.textContent = text;
    this.box.toggleAttribute("aria-invalid", wrong);
    if (wrong) this.box.setAttribute("aria-invalid", "true");
  }
}
