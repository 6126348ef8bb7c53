// Slack's two dialects: standard Markdown in `markdown` blocks, and mrkdwn everywhere else.
// https://docs.slack.dev/reference/block-kit/blocks/markdown-block
// https://docs.slack.dev/messaging/formatting-message-text

import { codeBlock, escape, finish, flatten, inline, sanitise } from "../markup.mjs";
import { Marked } from "../vendor/marked.esm.js";

const nothing = () => undefined;
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

let names = { user: (id) => id, channel: (id) => id };

/** Hand in how ids of people and channels are shown. */
export function nameIds(lookup) {
  names = lookup;
}

/** Undo Slack's escaping: what a person wrote. */
export const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

// What bot writes as emoji has a name in angle colons; these few are drawn, others stay as they are.
const EMOJI = {
  "+1": "\u{1F44D}", "-1": "\u{1F44E}", thumbsup: "\u{1F44D}", thumbsdown: "\u{1F44E}", eyes: "\u{1F440}", wave: "\u{1F44B}", warning: "\u26a0\ufe0f",
  hourglass: "\u231b", hourglass_flowing_sand: "\u23f3", white_check_mark: "\u2705", heavy_check_mark: "\u2714\ufe0f", x: "\u274c", heart: "\u2764\ufe0f", tada: "\u{1F389}", smile: "\u{1F604}", bulb: "\u{1F4A1}",
};

/** The picture of an emoji by its name, or its name. */
export const emoji = (name) => EMOJI[name] ?? `:${name}:`;

const mention = (text) => `<span class="mention">${escape(text)}</span>`;

/** Show what stands between angle brackets: a person, a channel, a call, a date or a link. */
function showBracket(inside) {
  const [address, label] = inside.split(/\|(.*)/s);
  if (/^@[UW]/.test(address)) return mention(`@${names.user(address.slice(1))}`);
  if (/^#[CG]/.test(address)) return mention(`#${names.channel(address.slice(1)) ?? label}`);
  if (/^!(?:channel|here|everyone)/.test(address)) return mention(`@${address.slice(1)}`);
  if (address.startsWith("!subteam^")) return mention(label ?? "@group");
  if (address.startsWith("!date^")) return `<time class="stamp">${escape(showDate(address, label))}</time>`;
  if (/^(?:https?|mailto):/.test(address)) return `<a href="${escape(unescape(address))}">${escape(unescape(label ?? address))}</a>`;
  return escape(unescape(`<${inside}>`));
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

function showDate(address, label) {
  const [, seconds, pattern = ""] = address.split("^");
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return label ?? "";
  return pattern.replace(/\{date[^}]*\}/g, day.format(date)).replace(/\{time[^}]*\}/g, clock.format(date));
}

// --- mrkdwn

const STYLES = [["*", "strong"], ["_", "em"], ["~", "del"]];

/** Show a line without code: brackets first, then what is bold, slanted or struck. */
function showLine(line) {
  const kept = [];
  let text = line.replace(/<([^<>\n]+)>/g, (_whole, inside) => `\u0000${kept.push(showBracket(inside)) - 1}\u0000`);
  text = escape(unescape(text)).replace(/:([a-z0-9_+-]+):/g, (_whole, name) => escape(emoji(name)));
  for (const [sign, tag] of STYLES) {
    const found = new RegExp(`(^|[\\s(\\u0000"'.,:;!?-])\\${sign}(?=\\S)([^\\${sign}\\n]*?\\S)\\${sign}(?=$|[\\s)\\u0000"'.,:;!?-])`, "g");
    text = text.replace(found, `$1<${tag}>$2</${tag}>`);
  }
  return text.replace(/\u0000(\d+)\u0000/g, (_whole, index) => kept[Number(index)]);
}

function showProse(text) {
  const blocks = [];
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const kind = quoted ? "blockquote" : "p";
    const last = blocks.at(-1);
    if (last?.kind === kind) last.lines.push(quoted ? quoted[1] : line);
    else blocks.push({ kind, lines: [quoted ? quoted[1] : line] });
  }
  return blocks.filter(({ lines }) => lines.some((line) => line.trim()))
    .map(({ kind, lines }) => `<${kind}>${lines.map(showLine).join("<br>")}</${kind}>`.replace(/(?:<br>)+<\/p>$/, "</p>").replace(/^<p>(?:<br>)+/, "<p>"))
    .join("");
}

function mrkdwnHtml(text) {
  const spans = [];
  const keep = (html) => `\u0001${spans.push(html) - 1}\u0001`;
  // Every second part stood between fences.
  const parts = text.split(/```([\s\S]+?)```/).map((part, index) => (index % 2 ? codeBlock(unescape(part.replace(/^\n|\n$/g, "")))
    : showProse(part.replace(/`([^`\n]+)`/g, (_whole, span) => keep(`<code>${escape(unescape(span))}</code>`)))));
  return parts.join("").replace(/\u0001(\d+)\u0001/g, (_whole, index) => spans[Number(index)]);
}

// --- standard Markdown

const dialect = new Marked({
  gfm: true,
  breaks: true, // measured by others: https://github.com/getsentry/junior/pull/43
  tokenizer: { html: nothing, tag: nothing, def: nothing },
  renderer: {
    html: ({ text }) => escape(text),
    image: ({ href, text }) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
    checkbox: ({ checked }) => (checked ? "[x] " : "[ ] "),
    code: ({ text, lang }) => codeBlock(text, lang),
    heading({ tokens, depth }) {
      const level = Math.min(depth + 2, 5);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
  },
  // Real patterns still work in a markdown block; what only looks like one is text.
  extensions: [
    inline("bracket", { open: /<[@#!]/, whole: /^<((?:@[UW]|#[CG]|!(?:channel|here|everyone|subteam\^|date\^))[^<>\n]*)>/ }, ([, inside]) => showBracket(inside)),
  ],
});

/** A table may be wider than there is room; it scrolls by itself. */
function wrapTables(nodes) {
  for (const table of nodes.querySelectorAll("table")) {
    const box = document.createElement("div");
    box.className = "table";
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "Table");
    table.replaceWith(box);
    box.append(table);
  }
  return nodes;
}

const parse = (text) => sanitise(dialect.parse(text));

/** Turn standard Markdown into sanitised nodes. */
export const renderMarkdown = (text) => wrapTables(finish(parse(text)));

/** Turn mrkdwn into sanitised nodes. */
export const renderMrkdwn = (text) => finish(sanitise(mrkdwnHtml(text)));

export const plainMarkdown = (text) => flatten(parse(text));
export const plainMrkdwn = (text) => flatten(sanitise(mrkdwnHtml(text)));
