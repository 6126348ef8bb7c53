// What both platforms' dialects of Markdown share: nodes that cannot run, load or forge anything.

import DOMPurify from "./vendor/purify.es.mjs";
import { el } from "./dom.mjs";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
export const escape = (text) => text.replace(/[&<>"']/g, (character) => ESCAPES[character]);

const ALLOWED = {
  ALLOWED_TAGS: ["a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "hr", "li", "ol", "p", "pre", "small", "span", "strong", "table", "tbody", "td", "th", "thead", "time", "tr", "u", "ul"],
  ALLOWED_ATTR: ["class", "data-lang", "datetime", "href", "start", "tabindex", "title"],
  // The pattern is put to every value but those of these attributes.
  ADD_URI_SAFE_ATTR: ["data-lang", "datetime", "start", "tabindex"],
  ALLOWED_URI_REGEXP: /^https?:/i,
  RETURN_DOM_FRAGMENT: true,
};

/** Return the nodes of what a dialect made of a message. */
export const sanitise = (html) => DOMPurify.sanitize(html, ALLOWED);

/** Give links and blocks of code what they need beside their text. */
export function finish(nodes) {
  for (const link of nodes.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
  }
  for (const block of nodes.querySelectorAll("pre")) block.append(copyButton(block));
  return nodes;
}

/** Return nodes as one line without markup, for where there is room for no more. */
export function flatten(nodes) {
  for (const spoiler of nodes.querySelectorAll(".spoiler")) spoiler.textContent = "(spoiler)";
  for (const end of nodes.querySelectorAll("br")) end.replaceWith(" ");
  for (const block of nodes.querySelectorAll("blockquote, h3, h4, h5, li, p, pre, td, th")) block.append(" ");
  return nodes.textContent.replace(/\s+/g, " ").trim();
}

export const codeBlock = (text, lang) => `<pre data-lang="${escape((lang || "").slice(0, 30))}"><code>${escape(text)}\n</code></pre>`;

/** Make an inline rule of marked: `render(match, content)` gives HTML. */
export function inline(name, pattern, render, nested = false) {
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

function copyButton(block) {
  const button = el("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.querySelector("code").textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return button;
}
