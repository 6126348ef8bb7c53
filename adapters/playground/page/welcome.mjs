// The first visit: a few things to try with one click, and where to find more.

import { el } from "./dom.mjs";

const FAILURES = ["simulate busy", "simulate refused", "simulate cut", "simulate empty", "simulate slow", "simulate misconfigured"];

/** Draw the card; `composer` writes in the first channel, `hide` puts the card away. */
export function welcomeCard(world, kit, composer, simulated, { hide, open, openExamples }) {
  const ask = (words, files) => { composer.box.focus(); return composer.post(`@${world.bot.name} ${words}`, files); };
  const { title, examples } = kit.welcome(world, composer, { ask, hide, open });
  const failures = FAILURES.flatMap((words, index) => [index ? ", " : "", el("button", { type: "button", class: "as-link", onclick: () => ask(words) }, el("code", {}, words))]);
  return el("section", { class: "card", "aria-label": "Welcome" },
    el("h3", {}, title),
    el("p", {}, "Everything here runs on this computer. Try one of these:"),
    el("div", { class: "examples" }, ...examples.map(([name, shown, act]) => el("button", { type: "button", onclick: act }, el("strong", {}, name), el("span", {}, shown)))),
    el("p", { class: "quiet" }, "More to try is in the thread ", el("button", { type: "button", class: "as-link", onclick: openExamples }, "“How to try things”"),
      ...(simulated ? ["; to see what people read when things go wrong, ask for ", ...failures, " (after this last one the bot asks that model nothing for a minute)"] : []), "."),
    el("p", { class: "quiet" }, "Then press “Kill the bot” in mid-answer and start it again: there will be exactly one answer. ",
      el("button", { type: "button", class: "as-link", onclick: hide }, "Hide this")));
}
