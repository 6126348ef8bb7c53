// The form that a chosen slash command opens in the composer.

import { announce, el } from "../dom.mjs";
import { icon } from "../icons.mjs";
import { OptionField } from "./option.mjs";
import { Refused, post, postForm } from "../server.mjs";

const TEXT = 3;
const FILE = 11;

/** A chosen command with its options. `on` has closed() and answered(answer). */
export class CommandForm {
  constructor(name, command, world, channel, on) {
    Object.assign(this, { command, world, channel, on });
    const suggest = (option) => async (typed) => (await post(world.path("suggest"), { ...this.#address(), options: this.#chosen(option), option: option.name, typed })).choices;
    this.fields = (command.options ?? []).map((option) => new OptionField(option, `${name}-${option.name}`, world, suggest(option)));
    this.submit = el("button", { type: "submit", class: "primary" }, "Use command");
    this.fault = el("p", { class: "wrong", role: "alert" });
    this.element = el("form", { class: "command", "aria-label": `Command /${command.name}`, novalidate: true },
      el("header", {}, el("h3", {}, `/${command.name}`), el("p", { class: "quiet" }, command.description),
        el("button", { type: "button", class: "icon-button", "aria-label": "Close the command", onclick: () => on.closed() }, icon("close"))),
      el("div", { class: "options" }, ...this.fields.map(({ element }) => element)),
      this.fault, el("div", { class: "row" }, this.submit));
    this.element.addEventListener("submit", (event) => { event.preventDefault(); this.#use(); });
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      on.closed();
    });
    if (!this.fields.length) this.element.querySelector(".options").append(el("p", { class: "quiet" }, "It takes no options."));
  }

  /** Put what was typed behind the command into its first text. */
  start(rest) {
    const first = this.fields.find(({ option }) => option.type === TEXT && !option.choices?.length);
    if (rest && first) first.box.value = rest.replace(new RegExp(`^${first.option.name}:\\s*`), "");
    (this.fields[0]?.box ?? this.submit).focus();
    announce(`Command ${this.command.name}. ${this.command.description}`);
  }

  #address() {
    return { as: this.world.me, channel: this.channel, name: this.command.name };
  }

  #chosen(except) {
    const chosen = this.fields.filter((field) => field.option !== except && !field.empty && field.option.type !== FILE);
    return Object.fromEntries(chosen.map(({ option, value }) => [option.name, value]));
  }

  async #use() {
    this.fault.textContent = "";
    const wrong = this.fields.filter((field) => !field.check());
    if (wrong.length) {
      wrong[0].box.focus();
      wrong[0].element.scrollIntoView({ block: "nearest" });
      return;
    }
    const files = this.fields.filter(({ file }) => file).map(({ option, file }) => [option.name, file]);
    const body = { ...this.#address(), options: this.#chosen() };
    this.submit.disabled = true;
    try {
      const answer = await (files.length ? postForm(this.world.path("command"), body, files) : post(this.world.path("command"), body));
      this.on.closed();
      this.on.answered(answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.fault.textContent = error.message;
    } finally {
      this.submit.disabled = false;
    }
  }
}
