// Discord's dialect of Markdown, as nodes that cannot run, load or forge anything.
// https://support.discord.com/hc/en-us/articles/210298617

import { codeBlock, escape, finish, flatten, inline, sanitise } from "../markup.mjs";
import { Marked } from "../vendor/marked.esm.js";

const nothing = () => undefined;

let names = { user: (id) => id, channel: (id) => id };

/** Hand in how ids of people and channels are shown. */
export function nameIds(lookup) {
  names = lookup;
}

function showTime([, seconds, style]) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return "";
  const text = style === "R" ? relative(date) : date.toLocaleString();
  return `<time class="stamp" datetime="${date.toISOString()}">${escape(text)}</time>`;
}

function relative(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  }
  return format.format(seconds, "second");
}

const subtext = {
  name: "subtext",
  level: "block",
  start: (source) => { const found = source.search(/(^|\n)-# /); return found < 0 ? undefined : found; },
  tokenizer(source) {
    const match = /^-# ([^\n]+)(?:\n|$)/.exec(source);
    if (!match) return undefined;
    return { type: "subtext", raw: match[0], tokens: this.lexer.inlineTokens(match[1]) };
  },
  renderer(token) {
    return `<p class="subtext"><small>${this.parser.parseInline(token.tokens)}</small></p>`;
  },
};

const dialect = new Marked({
  gfm: true,
  breaks: true,
  // Discord knows no tables, rules, indented code, reference links or HTML: they stay text.
  tokenizer: { table: nothing, hr: nothing, lheading: nothing, def: nothing, code: nothing, html: nothing, tag: nothing },
  renderer: {
    html: ({ text }) => escape(text),
    image: ({ href, text }) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
    checkbox: ({ checked }) => (checked ? "[x] " : "[ ] "),
    code: ({ text, lang }) => codeBlock(text, lang),
    heading({ tokens, depth }) {
      const content = this.parser.parseInline(tokens);
      return depth > 3 ? `<p>${"#".repeat(depth)} ${content}</p>` : `<h${depth + 2}>${content}</h${depth + 2}>`;
    },
  },
  extensions: [
    inline("mention", { open: /<@/, whole: /^<@!?(\d+)>/ }, ([, id]) => `<span class="mention">@${escape(names.user(id))}</span>`),
    inline("place", { open: /<#/, whole: /^<#(\d+)>/ }, ([, id]) => `<span class="mention">#${escape(names.channel(id))}</span>`),
    inline("stamp", { open: /<t:/, whole: /^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/ }, showTime),
    inline("underline", { open: /__/, whole: /^__(?=\S)([\s\S]*?\S)__(?!_)/ }, (_match, content) => `<u>${content}</u>`, true),
    inline("spoiler", { open: /\|\|/, whole: /^\|\|([\s\S]+?)\|\|/ }, (_match, content) => `<span class="spoiler" tabindex="0" title="Spoiler">${content}</span>`, true),
    subtext,
  ],
});

const FENCE = /^\s*```/;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s/;

/** End a list at the first line that is not indented: there is no lazy continuation. */
function endLists(text) {
  let fenced = false;
  let listed = false;
  const lines = text.split("\n").flatMap((line) => {
    if (FENCE.test(line)) fenced = !fenced;
    const ends = listed && !fenced && /^\S/.test(line) && !ITEM.test(line);
    listed = !fenced && (ITEM.test(line) || (listed && /^\s+\S/.test(line)));
    return ends ? ["", line] : [line];
  });
  return lines.join("\n");
}

const parse = (text) => sanitise(dialect.parse(endLists(text)));

/** Turn a message's text into sanitised nodes. */
export const render = (text) => finish(parse(text));

/** Turn a message's text into one line without markup. */
export const plain = (text) => flatten(parse(text));
