// The few things that every part of the page does with the document.

/** Make an element; `on…` properties are listeners, children are nodes or text. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Show a passing message that stays long enough to be read; a note takes the place of the last. */
export function toast(text, kind = "problem") {
  const box = el("div", { class: `toast ${kind}` }, el("p", {}, text));
  const close = () => box.remove();
  if (kind === "note") byId("toasts").querySelector(".note")?.remove();
  box.append(el("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: close }, "×"));
  byId("toasts").append(box);
  setTimeout(close, Math.max(6000, text.length * 90));
}

/** Say something to screen readers without moving the focus. */
export function announce(text) {
  const line = el("p", {}, text.length > 300 ? `${text.slice(0, 300)}…` : text);
  byId("announcer").append(line);
  setTimeout(() => line.remove(), 10000);
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** Make a <time> for an ISO 8601 moment. */
export function moment(iso) {
  const date = new Date(iso);
  return el("time", { datetime: iso, title: full.format(date) }, clock.format(date));
}
