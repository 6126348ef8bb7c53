// The buttons that the bot puts under a message.

import { el } from "./dom.mjs";
import { emblem } from "./icons.mjs";

// A button may have a picture and no words; this is what its picture says.
const SAID = { "\u{1F44D}": "Good answer", "\u{1F44E}": "Bad answer" };

/** Return the rows of buttons of a message; `press(button)` resolves when the bot has answered. */
export function showButtons(rows, press) {
  return rows.map((row) => el("div", { class: "row" }, ...row.map((button) => showButton(button, press))));
}

/** Return one button: {id, label, sign, said, style, disabled, url}. */
export function showButton(given, press) {
  const { id, label, sign, style, disabled, url } = given;
  const said = given.said ?? (label ? undefined : SAID[sign] ?? sign);
  const inside = [sign && emblem(sign), label].filter(Boolean);
  if (url) return el("a", { class: "button", href: url, target: "_blank", rel: "noopener noreferrer nofollow", "aria-label": said }, ...inside);
  const button = el("button", { type: "button", class: style, disabled, "data-id": id, "aria-label": said, title: said }, ...inside);
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    try {
      await press(given);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
  return button;
}

/** Tell whether a message is still being written: whoever waits for it can stop it. */
export const isRunning = (message) => message.growing || message.buttons.some((row) => row.some(({ label }) => label === "Stop"));
