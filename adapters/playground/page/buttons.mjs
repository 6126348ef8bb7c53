// The buttons that the bot puts under a message.

import { el } from "./dom.mjs";
import { emblem } from "./icons.mjs";

const ACTION_ROW = 1;
const BUTTON = 2;
const STYLES = { 1: "primary", 2: "", 3: "success", 4: "danger", 5: "link" };
// A button may have a picture and no words; this is what its picture says.
const SAID = { "\u{1F44D}": "Good answer", "\u{1F44E}": "Bad answer" };

/** Return the rows of buttons of a message; `press(id)` resolves when the bot has answered. */
export function showButtons(components, press) {
  return components.filter(({ type }) => type === ACTION_ROW).map((row) => el("div", { class: "row" },
    ...row.components.filter(({ type }) => type === BUTTON).map((component) => showButton(component, press))));
}

function showButton({ custom_id: id, label, style, disabled, url, emoji }, press) {
  const said = label ? undefined : SAID[emoji?.name] ?? emoji?.name;
  const inside = [emoji && emblem(emoji.name), label].filter(Boolean);
  if (url) return el("a", { class: "button", href: url, target: "_blank", rel: "noopener noreferrer nofollow", "aria-label": said }, ...inside);
  const button = el("button", { type: "button", class: STYLES[style] ?? "", disabled, "data-id": id, "aria-label": said, title: said }, ...inside);
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    try {
      await press(id);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
  return button;
}

/** Tell whether a message is still being written: whoever waits for it can stop it. */
export function isRunning(message) {
  return (message.components ?? []).some((row) => row.components?.some(({ label }) => label === "Stop"));
}
