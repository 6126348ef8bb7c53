// Discord's dialect of Markdown, as nodes that cannot run, load or forge anything.
// https://support.discord.com/hc/en-us/articles/210298617

import DOMPurify from "./vendor/purify.es.mjs";
import { Marked } from "./vendor/marked.esm.js";
import { el } from "./dom.mjs";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text) => text.replace(/[&<>"']/g, (character) => ESCAPES[character]);
const nothing = () => undefined;

const ALLOWED = {
  ALLOWED_TAGS: ["a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "li", "ol", "p", "pre", "small", "span", "strong", "time", "u", "ul"],
  ALLOWED_ATTR: ["class", "data-lang", "datetime", "href", "start", "tabindex", "title"],
  // The pattern is put to every value but those of these attributes.
  ADD_URI_SAFE_ATTR: ["data-lang", "datetime", "start", "tabindex"],
  ALLOWED_URI_REGEXP: /^https?:/i,
  RETURN_DOM_FRAGMENT: true,
};

let names = { user: (id) => id, channel: (id) => id };

/** Hand in how ids of people and channels are shown. */
export function nameIds(lookup) {
  names = lookup;
}

function inline(name, pattern, render, nested = false) {
  return {
    name,
    level: "inline",
    start: (source) => source.search(pattern.open),
    tokenizer(source) {
      const match = pattern.whole.exec(source);
      if (!match) return undefined;
      const token = { type: name, raw: match[0], match, tokens: [] };
      if (nested) this.lexer.inline(match[1], token.tokens);
      return token;
    },
    renderer(token) {
      return render(token.match, nested ? this.parser.parseInline(token.tokens) : "");
    },
  };
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
    code: ({ text, lang }) => `<pre data-lang="${escape((lang || "").slice(0, 30))}"><code>${escape(text)}\n</code></pre>`,
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

const parse = (text) => DOMPurify.sanitize(dialect.parse(endLists(text)), ALLOWED);

/** Turn a message's text into sanitised nodes. */
export function render(text) {
  const nodes = parse(text);
  for (const link of nodes.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
  }
  for (const block of nodes.querySelectorAll("pre")) block.append(copyButton(block));
  return nodes;
}

/** Turn a message's text into one line without markup, for where there is room for no more. */
export function plain(text) {
  const nodes = parse(text);
  for (const spoiler of nodes.querySelectorAll(".spoiler")) spoiler.textContent = "(spoiler)";
  for (const end of nodes.querySelectorAll("br")) end.replaceWith(" ");
  for (const block of nodes.querySelectorAll("blockquote, h3, h4, h5, li, p, pre")) block.append(" ");
  return nodes.textContent.replace(/\s+/g, " ").trim();
}

function copyButton(block) {
  const button = el("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.querySelector("code").textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return button;
}
