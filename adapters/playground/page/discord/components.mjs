// What the bot puts under a message, and the forms it opens, in the page's own terms.
// https://docs.discord.com/developers/components/reference

const ROW = 1;
const BUTTON = 2;
const TEXT_INPUT = 4;
const LABEL = 18;
const PARAGRAPH = 2;
const LONGEST = 4000;
const STYLES = { 1: "primary", 2: "", 3: "success", 4: "danger", 5: "link" };

/** Return rows of buttons, each {id, label, sign, style, disabled, url}. */
export function showRows(components = []) {
  return components.filter(({ type }) => type === ROW).map((row) => row.components.filter(({ type }) => type === BUTTON)
    .map(({ custom_id: id, label, emoji, style, disabled, url }) => ({ id, label, sign: emoji?.name, style: STYLES[style] ?? "", disabled, url })));
}

/** Return the inputs of a form, each with the label that stands over it. */
function inputs(components) {
  return components.flatMap((one) => {
    if (one.type === ROW) return inputs(one.components);
    if (one.type === LABEL) return inputs([one.component]).map((input) => ({ ...input, label: one.label, description: one.description }));
    return one.type === TEXT_INPUT ? [one] : [];
  });
}

/** Return a modal as a form of the page. */
export function showModal(modal) {
  return {
    title: modal.title,
    fields: inputs(modal.components).map((input) => ({
      kind: input.style === PARAGRAPH ? "paragraph" : "line", name: input.custom_id, label: input.label, hint: input.description,
      value: input.value, placeholder: input.placeholder, required: input.required !== false, shortest: input.min_length, longest: input.max_length ?? LONGEST,
    })),
  };
}
