// A modal of the app as a form of the page.
// https://docs.slack.dev/reference/views/modal-views

import { showBlocks } from "./blocks.mjs";

const LONGEST = 3000;

/** Return what a person fills in for an input block. */
function fieldOf({ block_id: name, label, hint, optional, element }, people) {
  const made = { name, label: label.text, hint: hint?.text, required: !optional, placeholder: element.placeholder?.text };
  const choices = (element.options ?? []).map(({ text, value }) => ({ label: text.text, value }));
  switch (element.type) {
    case "plain_text_input":
      return { ...made, kind: element.multiline ? "paragraph" : "line", value: element.initial_value, shortest: element.min_length, longest: element.max_length ?? LONGEST };
    case "number_input":
      return { ...made, kind: "line", value: element.initial_value, longest: 30 };
    case "file_input":
      return { ...made, kind: "files", most: element.max_files ?? 10, accept: element.filetypes?.map((one) => `.${one}`).join(",") };
    case "static_select":
    case "radio_buttons":
      return { ...made, kind: "choice", choices, value: element.initial_option?.value };
    case "users_select":
      return { ...made, kind: "choice", choices: people.map(({ id, name: called }) => ({ label: called, value: id })), value: element.initial_user };
    case "checkboxes":
      return { ...made, kind: "choice", choices, value: element.initial_options?.[0]?.value };
    default:
      return { kind: "nodes", nodes: `[${element.type} is not shown here]` };
  }
}

/** Return a modal as a form. */
export function showModal(view, { people }) {
  return {
    view: view.id,
    title: view.title.text,
    close: view.close?.text,
    submit: view.submit ? view.submit.text : view.blocks.some(({ type }) => type === "input") ? undefined : null,
    fields: view.blocks.map((block) => {
      if (block.type === "input") return fieldOf(block, people);
      const nodes = document.createElement("div");
      nodes.append(...showBlocks([block]));
      return { kind: "nodes", nodes };
    }),
  };
}
