// A form that the bot opens (a modal): fields to fill in, and what is wrong with them beside each.

import { el } from "./dom.mjs";
import { putInto, sampleButton } from "./samples.mjs";
import { Refused } from "./server.mjs";

const DRAWS = {
  line: (field, given) => el("input", { ...given, type: "text", maxlength: field.longest, minlength: field.shortest, autocomplete: "off", placeholder: field.placeholder }),
  paragraph: (field, given) => el("textarea", { ...given, rows: "4", maxlength: field.longest, minlength: field.shortest, autocomplete: "off", placeholder: field.placeholder }),
  files: (field, given) => el("input", { ...given, type: "file", multiple: field.most > 1, accept: field.accept }),
  choice: (field, given) => el("select", given, field.required && field.value !== undefined ? null : el("option", { value: "" }, field.placeholder ?? (field.required ? "Choose…" : "(not set)")),
    ...field.choices.map(({ value, label }) => el("option", { value, selected: value === field.value }, label))),
};

const SAMPLE = "Use a sample picture";

/** Return a field with its label, hint and fault. `nodes` stand for themselves. */
function drawField(field, index) {
  if (field.kind === "nodes") return { field, element: el("div", { class: "option" }, field.nodes) };
  const id = `form-${index}`;
  const box = DRAWS[field.kind](field, { id, name: field.name, required: field.required, "aria-describedby": `${id}-hint ${id}-wrong` });
  if (field.kind !== "files" && field.kind !== "choice") box.value = field.value ?? "";
  const wrong = el("small", { class: "wrong", id: `${id}-wrong`, role: "alert" });
  const element = el("div", { class: "option" },
    el("label", { for: id }, el("strong", {}, field.label), el("small", {}, field.required ? "required" : "optional")),
    box, field.kind === "files" && sampleButton((file) => putInto(box, file, field.most), { words: SAMPLE, label: field.label, masks: true }), el("small", { class: "quiet", id: `${id}-hint` }, field.hint ?? ""), wrong);
  return { field, box, wrong, element };
}

/**
 * Show a form {title, submit, fields} until it is sent or closed. `send(values, files)` gets the
 * texts by name and the files as pairs of name and file; what it returns may be {faults: {name:
 * sentence}}, {form: another to go on with}, or nothing, when the form closes. Return its closing.
 */
export function openForm(form, said, send, closed) {
  const before = document.activeElement;
  const dialog = el("dialog", { class: "confirm form", "aria-labelledby": "form-title" });
  let sent = false;
  const draw = (shown) => {
    const drawn = shown.fields.map(drawField);
    const fault = el("p", { class: "wrong", role: "alert" });
    const submit = shown.submit === null ? null : el("button", { type: "submit", class: "primary" }, shown.submit ?? "Submit");
    const inside = el("form", {}, ...drawn.map(({ element }) => element), fault,
      el("div", { class: "row" }, el("button", { type: "button", onclick: () => dialog.close() }, shown.close ?? "Cancel"), submit));
    inside.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true;
      fault.textContent = "";
      const boxes = drawn.filter(({ box }) => box);
      for (const { wrong } of boxes) wrong.textContent = "";
      try {
        const picked = boxes.filter(({ field }) => field.kind === "files").flatMap(({ box }) => [...box.files].map((file) => [box.name, file]));
        const values = Object.fromEntries(boxes.filter(({ field }) => field.kind !== "files").map(({ box }) => [box.name, box.value]));
        const answer = await send(values, picked, shown);
        if (answer?.faults) {
          for (const { box, wrong } of boxes) wrong.textContent = answer.faults[box.name] ?? "";
          const first = boxes.find(({ box }) => answer.faults[box.name]);
          first?.box.focus();
          first?.element.scrollIntoView({ block: "nearest" });
        } else if (answer?.form) {
          draw(answer.form);
        } else {
          sent = true;
          dialog.close();
        }
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        fault.textContent = error.message;
      } finally {
        submit.disabled = false;
      }
    });
    dialog.replaceChildren(el("h2", { id: "form-title" }, shown.title), el("p", { class: "quiet" }, said), inside);
    (drawn.find(({ box }) => box)?.box ?? submit ?? inside.querySelector("button"))?.focus();
  };
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
    if (!sent) closed?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  draw(form);
  return { draw, close: () => dialog.close() };
}
