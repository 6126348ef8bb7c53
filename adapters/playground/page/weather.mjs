// The weather: everything that can be made to go wrong, each with what it means.

import { byId, el, toast } from "./dom.mjs";
import { Refused, post } from "./server.mjs";

export class WeatherControl {
  /** `here()` is the view that is shown: {world, place}. */
  constructor(here) {
    Object.assign(this, { here, root: byId("weather"), button: byId("weather-button") });
    this.button.addEventListener("click", () => this.toggle(this.root.hidden));
    for (const part of [this.root, this.button]) {
      part.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
          this.toggle(false);
          this.button.focus();
        }
      });
    }
  }

  show(weather) {
    this.weather = weather;
    this.draw();
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
    const { world } = this.here();
    if (!weather || !world.me) return;
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
    this.root.replaceChildren(...[this.#permissions(), ...weather.groups.filter(({ platform }) => !platform || platform === world.platform).map((group) => this.#group(group))].filter(Boolean));
    if (focused) this.root.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #permissions() {
    const { world, place } = this.here();
    if (!world.takesDenials(place)) return null;
    const denied = this.weather.denied[place.id] ?? [];
    return fieldset(`In #${place.name} the bot may not`, "Whatever it lacks it has to name, where it still can.",
      this.weather.permissions.map((name) => check(`deny-${name}`, name, denied.includes(name), (on) => ask({ channel: place.id, deny: name, on }))));
  }

  #group({ id: group, title, said, choices, now, acts, switches }) {
    const buttons = (offered, state, act) => offered.map(({ id, title: name, said: means }) => offer(`${group}-${id}`, name, means, state(id), () => act(id)));
    const dms = group === "server" ? this.#closed() : [];
    return fieldset(title, said, [
      ...buttons(choices, (id) => String(now === id), (id) => ask({ group, strike: now === id ? null : id })),
      ...buttons(acts, () => undefined, (id) => this.#tell({ group, strike: id })),
      ...switches.map(({ id, title: name, said: means, on }) => check(`${group}-switch-${id}`, name, on, (wish) => this.#tell({ group, switch: id, on: wish }), means)),
      ...dms,
    ]);
  }

  #closed() {
    const { world } = this.here();
    const { me } = world;
    return [check("closed", `${world.name(me)} takes no direct messages`, this.weather.closed.includes(me), (closed) => ask({ person: me, closed }), "The bot cannot write to this person alone.")];
  }

  /** Ask for weather, and say what came of it. */
  async #tell(wish) {
    const answer = await ask(wish);
    if (answer?.said) toast(answer.said, "note");
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
