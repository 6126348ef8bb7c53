// The first visit to Slack's view: three things to try with one click.

import { samplePicture } from "../welcome.mjs";
import { HOME } from "./world.mjs";

/** Return what the card offers: each with a title, what is shown, and what it does. */
export function welcome(world, composer, { ask, hide, open }) {
  return {
    title: "Mention the bot; it answers in a thread",
    examples: [
      ["Ask what it can do", `@${world.bot.name} What can you do?`, () => ask("What can you do?")],
      ["Ask about a picture", "One comes with this page: a harbour", async () => ask("What is in this picture?", [await samplePicture()])],
      ["See its App Home", `${world.bot.name} › Home`, () => { hide(); open(HOME); }],
    ],
  };
}
