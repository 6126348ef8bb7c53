// The first visit to Discord's view: a few things to try with one click.

import { toast } from "../dom.mjs";
import { fetchSample } from "../samples.mjs";
import { Refused } from "../server.mjs";

/** Open a command's form; say so if the bot has not registered it yet. */
async function useCommand(composer, name) {
  try {
    if (!await composer.openNamed(name)) toast(`The bot has not registered /${name} yet. Is it running?`, "note");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message);
  }
}

/** Return what the card offers: each with a title, what is shown, and what it does. */
export function welcome(world, composer, { ask, hide }) {
  return {
    title: "Mention the bot; it answers in a thread",
    examples: [
      ["Ask what it can do", `@${world.bot.name} What can you do?`, () => ask("What can you do?")],
      ["Ask about a picture", "One comes with this page: a harbour", async () => ask("What is in this picture?", [await fetchSample("harbour.png")])],
      ["Edit a picture", `@${world.bot.name} edit: make the sky pink`, async () => ask("edit: make the sky pink", [await fetchSample("harbour.png")])],
      ["Choose a model", "/model", () => { hide(); useCommand(composer, "model"); }],
    ],
  };
}
