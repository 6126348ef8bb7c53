// A form that the bot opens (a modal): texts to fill in, sent as an interaction of its own.
// https://docs.discord.com/developers/components/reference#text-input

import { el } from "./dom.mjs";
import { Refused, post } from "./server.mjs";

const ROW = 1;
const TEXT_INPUT = 4;
const LABEL = 18;
const PARAGRAPH = 2;
const LONGEST = 4000;

/** Return the inputs of a form, each with the label that stands over it. */
function inputs(components) {
  return components.flatMap((one) => {
    if (one.type === ROW) return inputs(one.components);
    if (one.type === LABEL) return inputs([one.component]).map((input) => ({ ...input, label: one.label, description: one.description }));
    return one.type === TEXT_INPUT ? [one] : [];
  });
}

/** Show a form until it is sent or closed; `opened` has the interaction that opened it. */
export function openForm(world, { interaction, modal }, answered) {
  const before = document.activeElement;
  const fields = inputs(modal.components).map((input, index) => {
    const id = `form-${index}`;
    const box = el(input.style === PARAGRAPH ? "textarea" : "input", {
      id, name: input.custom_id, placeholder: input.placeholder, autocomplete: "off", rows: input.style === PARAGRAPH ? "4" : undefined,
      required: input.required !== false, minlength: input.min_length, maxlength: input.max_length ?? LONGEST, "aria-describedby": `${id}-hint`,
    });
    box.value = input.value ?? "";
    return { box, element: el("div", { class: "option" },
      el("label", { for: id }, el("strong", {}, input.label), el("small", {}, input.required === false ? "optional" : "required")),
      box, el("small", { class: "quiet", id: `${id}-hint` }, input.description ?? "")) };
  });
  const fault = el("p", { class: "wrong", role: "alert" });
  const send = el("button", { type: "submit", class: "primary" }, "Submit");
  const form = el("form", {}, ...fields.map(({ element }) => element), fault,
    el("div", { class: "row" }, el("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), send));
  const dialog = el("dialog", { class: "confirm form", "aria-labelledby": "form-title" },
    el("h2", { id: "form-title" }, modal.title), el("p", { class: "quiet" }, `This form is from ${world.bot.name}.`), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      const answer = await post("/page/submit", { as: world.me, interaction, fields: Object.fromEntries(fields.map(({ box }) => [box.name, box.value])) });
      dialog.close();
      answered?.(answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      fault.textContent = error.message;
    } finally {
      send.disabled = false;
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.box.focus();
}
