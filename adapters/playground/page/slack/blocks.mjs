// Blocks as nodes: what the bot's messages, its Home and its modals are made of.
// https://docs.slack.dev/reference/block-kit/blocks

import { showButton } from "../buttons.mjs";
import { el } from "../dom.mjs";
import { showPicture } from "../files.mjs";
import { emoji, plainMarkdown, plainMrkdwn, renderMarkdown, renderMrkdwn } from "./markdown.mjs";

const STYLES = { primary: "primary", danger: "danger" };

/** Show a text object. */
const showText = (text) => (text.type === "mrkdwn" ? renderMrkdwn(text.text) : document.createTextNode(named(text.text)));

const named = (text) => text.replace(/:([a-z0-9_+-]+):/g, (_whole, name) => emoji(name));

/** A label that is a picture alone says nothing. */
const worded = (text) => (/\p{L}/u.test(text) ? text : undefined);

/** Tell a label's picture from its words: no font need have it. */
function pictured(text) {
  const found = /^(\p{Extended_Pictographic})\ufe0f?\s*(.+)$/u.exec(text);
  return found ? { sign: found[1], label: found[2] } : { label: text };
}

/** Return a row's buttons in the page's own terms; each knows its block and value. */
export function elementsOf({ type, block_id: block, elements = [] }) {
  if (type !== "actions" && type !== "context_actions") return [];
  return elements.flatMap((one) => {
    const { type: kind, action_id: id, value, url } = one;
    const made = { block, action: id, value, url };
    if (kind === "button") return [{ ...made, id, ...pictured(named(one.text.text)), said: one.accessibility_label, style: STYLES[one.style] ?? "" }];
    if (kind === "icon_button") return [{ ...made, id, sign: one.icon === "trash" ? "trash" : one.icon, label: undefined, said: one.accessibility_label ?? one.text.text, style: "" }];
    if (kind === "feedback_buttons") {
      return [["positive", "\u{1F44D}"], ["negative", "\u{1F44E}"]].map(([name, sign]) => {
        const given = one[`${name}_button`];
        return { ...made, id: `${id}-${name}`, sign, said: given.accessibility_label ?? worded(given.text.text), value: given.value, style: "" };
      });
    }
    return [];
  });
}

const isRow = ({ type }) => type === "actions" || type === "context_actions";

/** The rows of buttons under a message. */
export const rowsOf = (blocks = []) => blocks.filter(isRow).map(elementsOf).filter((row) => row.length);

/** Show blocks that are no rows of buttons, or all of them if `press` says what a button does. */
export function showBlocks(blocks, press) {
  return blocks.flatMap((block) => {
    if (isRow(block)) return press ? [el("div", { class: "row" }, ...elementsOf(block).map((button) => showButton(button, press)))] : [];
    return DRAWS[block.type]?.(block, press) ?? [];
  });
}

const DRAWS = {
  markdown: ({ text }) => renderMarkdown(text),
  header: ({ text }) => el("h3", {}, showText(text)),
  divider: () => el("hr", {}),
  context: ({ elements }) => el("div", { class: "context" }, ...elements.map((one) => (one.type === "image" ? showImage(one) : el("span", {}, showText(one))))),
  image: (block) => (block.page_url ? showPicture({ url: block.page_url, alt: block.alt_text, width: block.page_size[0], height: block.page_size[1], line: block.title?.text ?? block.alt_text })
    : el("figure", {}, showImage(block), block.title ? el("figcaption", {}, showText(block.title)) : null)),
  section: ({ text, fields, accessory, block_id: block }, press) => el("div", { class: "section" },
    el("div", {}, text ? el("div", { class: "words" }, showText(text)) : null, fields ? el("div", { class: "fields" }, ...fields.map((one) => el("div", {}, showText(one)))) : null),
    accessory?.type === "button" ? showButton(elementsOf({ type: "actions", block_id: block, elements: [accessory] })[0], press ?? (() => {})) : null,
    accessory?.type === "image" ? showImage(accessory) : null),
  table: ({ rows }) => el("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Table" }, el("table", {}, el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell) => el("td", {}, cell.text ?? plainRich(cell.elements)))))))),
};

function showImage({ image_url: url, alt_text: alt }) {
  // Only what this machine serves is shown; the page loads nothing from elsewhere.
  return url && new URL(url, location.href).origin === location.origin ? el("img", { src: url, alt, loading: "lazy" }) : el("span", { class: "quiet" }, `[Picture: ${alt}]`);
}

const plainRich = (elements = []) => elements.map((one) => one.text ?? one.url ?? plainRich(one.elements)).join("");

/** Tell whether blocks are what Slack makes of a text that a person typed: the text says the same. */
export const isTyped = (blocks) => blocks.every(({ type }) => type === "rich_text");

/** What blocks say in one line. */
export function plainBlocks(blocks = []) {
  const line = ({ type, text }) => {
    if (type === "markdown") return plainMarkdown(text);
    if (type === "section" || type === "header") return text?.type === "mrkdwn" ? plainMrkdwn(text.text) : text?.text ?? "";
    return "";
  };
  return blocks.map(line).filter(Boolean).join(" ");
}
