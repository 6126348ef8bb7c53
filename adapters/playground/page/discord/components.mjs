// What the bot's messages are made of, and the forms it opens, in the page's own terms.
// https://docs.discord.com/developers/components/reference

import { el } from "../dom.mjs";
import { showFile, showPicture } from "../files.mjs";
import { plain, render } from "./markdown.mjs";

const ROW = 1;
const BUTTON = 2;
const SELECT = 3;
const TEXT_INPUT = 4;
const SECTION = 9;
const WORDS = 10;
const THUMBNAIL = 11;
const GALLERY = 12;
const FILE = 13;
const SEPARATOR = 14;
const CONTAINER = 17;
const LABEL = 18;
const UPLOAD = 19;
const PARAGRAPH = 2;
const LONGEST = 4000;
const STYLES = { 1: "primary", 2: "", 3: "success", 4: "danger", 5: "link" };

/** Return every component, at whatever depth. */
const walk = (components = []) => components.flatMap((one) => [one, ...walk(one.components)]);

// --- messages

/** Return rows of buttons, each {id, label, sign, style, disabled, url}. */
export function showRows(components) {
  return walk(components).filter(({ type }) => type === ROW).map((row) => row.components.filter(({ type }) => type === BUTTON)
    .map(({ custom_id: id, label, emoji, style, disabled, url }) => ({ id, label, sign: emoji?.name, style: STYLES[style] ?? "", disabled, url })));
}

/** Show a file of the message, with what it is said to show; of the web only that it is there. */
function showMedia({ media, description }) {
  const alt = description || "A picture without a description";
  if (!media.attachment_id) return el("span", { class: "quiet" }, `[Picture: ${alt}]`);
  return showPicture({ url: media.url, alt, width: media.width, height: media.height, line: description });
}

const LAYOUT = {
  [SECTION]: ({ components, accessory }) => el("div", { class: "section" }, el("div", {}, ...showLayout(components)), accessory?.type === THUMBNAIL ? showMedia(accessory) : null),
  [WORDS]: ({ content }) => el("div", { class: "words" }, render(content)),
  [GALLERY]: ({ items }) => el("div", { class: "gallery" }, ...items.map(showMedia)),
  [FILE]: ({ file, name, size }) => showFile({ ...file, name, size, type: file.content_type }),
  [SEPARATOR]: ({ divider }) => (divider ? el("hr", {}) : null),
  [CONTAINER]: ({ components }) => el("div", { class: "container" }, ...showLayout(components)),
};

/** Show what a message is made of but for its rows of buttons. */
export function showLayout(components) {
  return components.map((one) => LAYOUT[one.type]?.(one)).filter(Boolean);
}

/** Return the words of components in one line. */
export const wordsOf = (components) => walk(components).filter(({ type }) => type === WORDS).map(({ content }) => plain(content)).join(" ");

// --- forms

const FIELDS = {
  [TEXT_INPUT]: (input) => ({
    kind: input.style === PARAGRAPH ? "paragraph" : "line", label: input.label,
    value: input.value, placeholder: input.placeholder, shortest: input.min_length, longest: input.max_length ?? LONGEST,
  }),
  [SELECT]: ({ options, placeholder }) => ({ kind: "choice", choices: options, placeholder, value: options.find(({ default: chosen }) => chosen)?.value }),
  [UPLOAD]: ({ max_values: most = 1 }) => ({ kind: "files", most }),
};

/** Return what a person fills in, and the words between. */
function fieldsOf(components) {
  return components.flatMap((one) => {
    if (one.type === ROW) return fieldsOf(one.components);
    if (one.type === WORDS) return [{ kind: "nodes", nodes: render(one.content) }];
    if (one.type === LABEL) return fieldsOf([one.component]).map((field) => ({ ...field, label: one.label, hint: one.description }));
    const field = FIELDS[one.type]?.(one);
    return field ? [{ ...field, name: one.custom_id, required: one.required !== false }] : [];
  });
}

/** Return a modal as a form of the page. */
export const showModal = ({ title, components }) => ({ title, fields: fieldsOf(components) });

/** Return what was filled in as Discord's client sends it: what is not chosen is an empty list. */
export function filledIn({ fields }, values) {
  const choices = new Set(fields.filter(({ kind }) => kind === "choice").map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, choices.has(name) ? [value].filter(Boolean) : value]));
}
