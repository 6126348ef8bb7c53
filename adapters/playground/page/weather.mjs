// The weather: everything that can be made to go wrong, each with what it means.

import { byId, el, toast } from "./dom.mjs";
import { CATEGORY, DIRECT, THREADS } from "./kinds.mjs";
import { Refused, post } from "./server.mjs";

export class WeatherControl {
  /** `here()` is the open channel; permissions are denied there. */
  constructor(world, here) {
    Object.assign(this, { world, here, root: byId("weather"), button: byId("weather-button") });
    world.listen((kind, data) => {
      if (kind === "loaded") this.weather = data.weather;
      if (kind === "weather") this.weather = data;
      if (kind === "loaded" || kind === "weather") this.draw();
    });
    this.button.addEventListener("click", () => this.toggle(this.root.hidden));
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.toggle(false);
        this.button.focus();
      }
    });
  }

  /** Whether a model here is a stand-in, which can be asked to fail. */
  get simulated() {
    return this.weather?.groups.some(({ choices }) => choices.length > 0);
  }

  toggle(open) {
    this.root.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) this.draw();
  }

  draw() {
    const { weather } = this;
    if (!weather) return;
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
    this.root.replaceChildren(...[this.#permissions(), ...weather.groups.map((group) => this.#group(group))].filter(Boolean));
    if (focused) this.root.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #permissions() {
    const here = this.here();
    if (!here || here.type === DIRECT || here.type === CATEGORY || THREADS.has(here.type)) return null;
    const denied = this.weather.denied[here.id] ?? [];
    return fieldset(`In #${here.name} the bot may not`, "Whatever it lacks it has to name, where it still can.",
      this.weather.permissions.map((name) => check(`deny-${name}`, name, denied.includes(name), (on) => ask({ channel: here.id, deny: name, on }))));
  }

  #group({ id: group, title, said, choices, now, acts, switches }) {
    const buttons = (offered, state, act) => offered.map(({ id, title: name, said: means }) => offer(`${group}-${id}`, name, means, state(id), () => act(id)));
    const dms = group === "server" ? this.#closed() : [];
    return fieldset(title, said, [
      ...buttons(choices, (id) => String(now === id), (id) => ask({ group, strike: now === id ? null : id })),
      ...buttons(acts, () => undefined, (id) => this.#strike(group, id)),
      ...switches.map(({ id, title: name, said: means, on }) => check(`${group}-switch-${id}`, name, on, (wish) => ask({ group, switch: id, on: wish }), means)),
      ...dms,
    ]);
  }

  #closed() {
    const { me } = this.world;
    return [check("closed", `${this.world.name(me)} takes no direct messages`, this.weather.closed.includes(me), (closed) => ask({ person: me, closed }), "The bot cannot write to this person alone.")];
  }

  async #strike(group, id) {
    const answer = await ask({ group, strike: id });
    if (answer) toast(answer.said, "note");
  }
}

/** Ask for weather; a refusal becomes a toast. */
async function ask(wish) {
  try {
    return await post("/page/weather", wish);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message);
    return null;
  }
}

const fieldset = (title, said, inside) => el("fieldset", {}, el("legend", {}, title), el("p", { class: "quiet" }, said), el("div", { class: "offers-grid" }, ...inside));

const words = (title, said) => el("span", {}, el("strong", {}, title), said ? el("small", { class: "quiet" }, said) : null);

function offer(id, title, said, pressed, act) {
  return el("button", { type: "button", class: "offer", "data-id": id, "aria-pressed": pressed, onclick: act }, words(title, said));
}

function check(id, title, checked, act, said) {
  return el("label", { class: "check offer" },
    el("input", { type: "checkbox", "data-id": id, checked, onchange: (event) => act(event.target.checked) }), words(title, said));
}
