// The first visit: three things to try with one click, and where to find more.

import { el, toast } from "./dom.mjs";
import { Refused } from "./server.mjs";

const PICTURE = "/page/sample.png";
const FAILURES = ["simulate busy", "simulate refused", "simulate cut", "simulate empty", "simulate misconfigured", "simulate slow"];

/** Fetch the picture that comes with the page, as if it had been picked. */
async function samplePicture() {
  const response = await fetch(PICTURE);
  return new File([await response.blob()], "harbour.png", { type: "image/png" });
}

/** Open a command's form; say so if the bot has not registered it yet. */
async function useCommand(composer, name) {
  try {
    if (!await composer.openNamed(name)) toast(`The bot has not registered /${name} yet. Is it running?`, "note");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message);
  }
}

/** Draw the card; `composer` writes in the first channel, `hide` puts the card away. */
export function welcomeCard(world, composer, simulated, { hide, openExamples }) {
  const ask = (words, files) => { composer.box.focus(); return composer.post(`@${world.bot.name} ${words}`, files); };
  const example = (title, shown, act) => el("button", { type: "button", onclick: act }, el("strong", {}, title), el("span", {}, shown));
  const failures = FAILURES.flatMap((words, index) => [index ? ", " : "", el("button", { type: "button", class: "as-link", onclick: () => ask(words) }, el("code", {}, words))]);
  return el("section", { class: "card", "aria-label": "Welcome" },
    el("h3", {}, "Mention the bot; it answers in a thread"),
    el("p", {}, "Everything here runs on this computer. Try one of these:"),
    el("div", { class: "examples" },
      example("Ask what it can do", `@${world.bot.name} What can you do?`, () => ask("What can you do?")),
      example("Ask about a picture", "One comes with this page: a harbour", async () => ask("What is in this picture?", [await samplePicture()])),
      example("Choose a model", "/model", () => { hide(); useCommand(composer, "model"); })),
    el("p", { class: "quiet" }, "More to try is in the thread ", el("button", { type: "button", class: "as-link", onclick: openExamples }, "“How to try things”"),
      ...(simulated ? ["; to see what people read when things go wrong, ask for ", ...failures] : []), "."),
    el("p", { class: "quiet" }, "Then press “Kill the bot” in mid-answer and start it again: there will be exactly one answer. ",
      el("button", { type: "button", class: "as-link", onclick: hide }, "Hide this")));
}
