// The bot's process, the person to be and the colours.

import { announce, byId, el, toast } from "./dom.mjs";
import { Refused, post } from "./server.mjs";

const TITLES = { discord: "Discord", slack: "Slack" };
const SAYS = {
  starting: "starting…",
  running: "running",
  killed: "killed",
  exited: "stopped",
};

/** Ask the server for something; its refusal becomes a toast. */
async function ask(path, body) {
  try {
    return await post(path, body);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message);
    return null;
  }
}

export class ProcessControl {
  constructor() {
    byId("kill").addEventListener("click", () => ask("/page/process", { do: "kill" }));
    byId("start").addEventListener("click", () => ask("/page/process", { do: "start" }));
  }

  show(status, first) {
    this.status = status;
    this.closed = false;
    const alive = status.state === "starting" || status.state === "running";
    const ended = status.state === "exited" && status.code !== null;
    const failed = ended && status.code !== 0;
    const focused = document.activeElement;
    byId("process").dataset.state = status.state === "exited" && !failed ? "stopped" : status.state;
    const missing = status.missing.map((platform) => TITLES[platform]).join(", ");
    byId("state-text").textContent = failed ? `stopped, exit code ${status.code}` : missing ? `without ${missing} so far` : SAYS[status.state];
    byId("kill").hidden = !alive;
    byId("start").hidden = alive;
    if (!first && (focused === byId("kill") || focused === byId("start"))) byId(alive ? "kill" : "start").focus();
    byId("away").hidden = true;
    byId("crash").hidden = !failed;
    if (failed) {
      byId("crash").replaceChildren(
        el("p", {}, `The bot ended by itself with exit code ${status.code}. Its last lines:`),
        el("pre", { tabindex: "0" }, status.lines.join("\n") || "(it wrote nothing)"));
    }
  }

  /** The playground answers again; what it told of the bot last holds. */
  back() {
    if (this.status) this.show(this.status, true);
  }

  /** Whoever runs the playground has stopped it. */
  close() {
    this.closed = true;
    this.#away("stopped", "playground stopped", "The playground was stopped. Start it again in its terminal; this page then goes on by itself.");
  }

  offline() {
    if (this.closed) return;
    this.#away("offline", "playground not reached", "The playground does not answer. Is it still running in its terminal? This page goes on by itself as soon as it answers.");
  }

  /** Without the playground there is no bot to kill or start. */
  #away(state, says, why) {
    byId("process").dataset.state = state;
    byId("state-text").textContent = says;
    for (const name of ["kill", "start", "crash"]) byId(name).hidden = true;
    byId("away").hidden = false;
    byId("away").textContent = why;
  }
}

/** Offer the people of a world; `change(person)` hears who one is from now on. */
export function choosePeople(change) {
  const select = byId("person");
  let world = null;
  select.addEventListener("change", () => {
    const person = world.person(select.value);
    announce(`You are ${person.name} now.`);
    change(person);
  });
  return (shown) => {
    world = shown;
    select.replaceChildren(...world.people.map((person) => el("option", { value: person.id, selected: person.id === world.me }, person.admin ? `${person.name} (admin)` : person.name)));
  };
}

/** Offer the platforms; return what marks the one shown and those with something new. */
export function choosePlatform(views) {
  const root = byId("platforms");
  return (shown, news) => {
    root.hidden = views.length < 2;
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
    root.replaceChildren(...views.map(({ world: { platform, title } }) => el("a", {
      href: `#${platform}`, "data-id": platform, "aria-current": platform === shown ? "page" : undefined, class: news.has(platform) ? "unread" : "",
    }, title, news.has(platform) ? el("span", { class: "unseen" }, " (new)") : null)));
    if (focused) root.querySelector(`[data-id="${focused}"]`)?.focus();
  };
}

const THEMES = ["auto", "light", "dark"];
const THEME_NAMES = { auto: "as the system", light: "light", dark: "dark" };

export function chooseTheme() {
  const button = byId("theme");
  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    button.setAttribute("aria-label", `Colours: ${THEME_NAMES[theme]}`);
    button.title = `Colours: ${THEME_NAMES[theme]}`;
    localStorage.setItem("theme", theme);
  };
  apply(THEMES.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto");
  button.addEventListener("click", () => apply(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length]));
}
