// A question that is asked before something cannot be undone.

import { el } from "./dom.mjs";

/** Ask, and resolve to whether the person said yes; Escape is no, and comes back to the focus. */
export function confirmed(question, detail, yes) {
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "confirm", "aria-labelledby": "confirm-question", "aria-describedby": "confirm-detail" },
      el("h2", { id: "confirm-question" }, question),
      el("p", { id: "confirm-detail" }, detail),
      el("div", { class: "row" },
        el("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
        el("button", { type: "button", class: "danger", onclick: () => dialog.close("yes") }, yes)));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
