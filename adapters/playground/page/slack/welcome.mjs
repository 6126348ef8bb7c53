// The first visit to Slack's view: a few things to try with one click.

import { fetchSample } from "../samples.mjs";
import { HOME } from "./world.mjs";

/** Return what the card offers: each with a title, what is shown, and what it does. */
export function welcome(world, composer, { ask, hide, open }) {
  return {
    title: "Mention the bot; it answers in a thread",
    examples: [
      ["Ask what it can do", `@${world.bot.name} What can you do?`, () => ask("What can you do?")],
      ["Ask about a picture", "One comes with this page: a harbour", async () => ask("What is in this picture?", [await fetchSample("harbour.png")])],
      ["Edit a picture", `@${world.bot.name} edit: make the sky pink`, async () => ask("edit: make the sky pink", [await fetchSample("harbour.png")])],
      ["See its App Home", `${world.bot.name} › Home`, () => { hide(); open(HOME); }],
    ],
  };
}
