// What only Discord's view has: how its messages, composer, tools and first visit look.

import { el, toast } from "../dom.mjs";
import { showFile } from "../files.mjs";
import { openForm } from "../form.mjs";
import { markEdited, showExample } from "../message.mjs";
import { decode, encode } from "../names.mjs";
import { get, post, postForm } from "../server.mjs";
import { CommandForm } from "./commands.mjs";
import { filledIn, showLayout, showModal, wordsOf } from "./components.mjs";
import { takesThreads } from "./kinds.mjs";
import { plain, render } from "./markdown.mjs";
import { Posts } from "./posts.mjs";
import { ThreadTools } from "./tools.mjs";
import { welcome } from "./welcome.mjs";
import { THREAD_STARTER } from "./world.mjs";

const SYSTEM_NOTES = { 6: "pinned a message", 7: "joined the server", 18: "started a thread" };
const ANSWERABLE = new Set([0, 19, 20, 23]);
const LAID_OUT = 1 << 15; // https://docs.discord.com/developers/resources/message#message-object-message-flags
const NAME_LONGEST = 60;
const TITLE_LONGEST = 100;

// --- messages

const isStarter = ({ raw }) => raw.type === THREAD_STARTER;

function content(message, world) {
  const { raw, loading, author } = message;
  const text = isStarter(message) ? raw.referenced_message?.content ?? "*This message is gone.*" : raw.content;
  const laidOut = (raw.flags ?? 0) & LAID_OUT;
  return [[text, loading, raw.edited_timestamp, raw.type, laidOut && raw.components], () => {
    if (loading) return el("p", { class: "thinking" }, `${author.name} is thinking…`);
    if (SYSTEM_NOTES[raw.type]) return el("p", { class: "system" }, SYSTEM_NOTES[raw.type]);
    if (laidOut) return showLayout(raw.components);
    const nodes = render(text);
    return raw.edited_timestamp && raw.content ? markEdited(nodes, raw.edited_timestamp) : nodes;
  }];
}

/** Say what it answers: another message, or the command that somebody used. */
function reply({ raw }, world) {
  const { type, command, message_reference: reference, referenced_message: original, message_snapshots: forwarded } = raw;
  const name = original && (world.person(original.author.id)?.name ?? original.author.global_name ?? original.author.username);
  return [[command, reference, original?.content], () => {
    if (command) return el("p", {}, `${world.name(command.user)} used `, el("strong", {}, `/${command.name}`));
    if (!reference?.message_id || type === THREAD_STARTER || forwarded) return [];
    const text = original ? `${name}: ${plain(original.content) || wordsOf(original.components) || "(no text)"}` : "a message that is gone";
    return el("p", {}, el("span", { class: "unseen" }, "In reply to "), text.slice(0, 140));
  }];
}

/** What a message carries beside words and files. */
function extras({ raw }, world, on) {
  const { id, message_snapshots: forwarded, sticker_items: stickers, poll } = raw;
  return [[forwarded, stickers, poll], () => [
    ...(forwarded ?? []).map(({ message }) => el("blockquote", { class: "forwarded" }, el("p", { class: "quiet" }, "Forwarded"), render(message.content ?? ""),
      ...(message.attachments ?? []).map(({ filename, content_type: kind, description, ...file }) => showFile({ ...file, name: filename, type: kind, alt: description })))),
    ...(stickers ?? []).map(({ name }) => el("p", { class: "quiet" }, `Sticker: ${name}`)),
    ...showExample(id, world, on),
    ...(poll ? [el("p", { class: "quiet" }, `Poll: ${poll.question.text}`)] : []),
  ]];
}

/** What can be done with a message. */
function tools(view, world, on) {
  const { message } = view;
  const place = world.place(message.places[0]);
  const answerable = !message.ephemeral && ANSWERABLE.has(message.raw.type);
  return [
    answerable && { name: "reply", key: "r", label: "Reply", act: () => on.reply(view.message) },
    answerable && place && takesThreads(place) && {
      name: "thread", key: "t", label: "Start a thread", act: () => startThread(view.message, world, on),
      hidden: () => world.channels.has(message.id), // a message that has a thread cannot start another
    },
    answerable && { name: "more", key: ".", label: "More actions", menu: () => menuOf(view.message, world, on) },
  ].filter(Boolean);
}

/** What the bot offers for any message, under "Apps" in Discord's own client. */
async function menuOf(message, world, on) {
  const { menu } = await get(world.path("menu"), { as: world.me, ...world.at(message.places[0]) });
  if (!menu.length) toast(`${world.bot.name} has registered nothing for messages yet. Is it running?`, "note");
  return menu.map(({ name }) => ({ label: name, said: world.bot.name, act: async () => on.answered(await post(world.path("menu"), { ...world.which(message), name })) }));
}

async function startThread(message, world, on) {
  const name = plain(message.raw.content).slice(0, NAME_LONGEST) || "A thread";
  const { thread } = await post(world.path("threads"), { ...world.which(message), name });
  on.openThread(thread);
}

// --- the composer

/** Say where a message will go and what starts the bot there. */
function writing(world, channel, mention) {
  const bot = world.bot.name;
  const me = world.name(world.me);
  const thread = world.isThread(channel);
  const forum = world.isForum(channel);
  const direct = world.isDirect(channel);
  const { locked, archived } = channel.thread_metadata ?? {};
  const before = locked ? "This thread is locked: moderators only. " : archived ? "This thread is archived; a message wakes it. " : "";
  return {
    placeholder: forum ? `First message, as ${me}` : thread ? `Reply as ${me}` : `Message ${direct ? "@" : "#"}${channel.name} as ${me}`,
    label: forum ? `First message of the post, as ${me}` : `Message in ${channel.name}, as ${me}`,
    title: forum && { label: "Title of the post", placeholder: "Title of a new post", longest: TITLE_LONGEST, missing: "A post needs a title." },
    submit: forum ? "Post" : "Send",
    commands: !forum,
    hint: thread ? [`${before}In its own threads ${bot} needs no mention.`]
      : direct ? [`Here ${bot} answers everything, without a mention.`]
        : ["Start with ", mention, forum ? " and it answers in the post." : " and it answers in a thread."],
  };
}

/** Let a chosen command take the place of the box. */
function useCommand(entry, rest, composer) {
  const form = new CommandForm(`option-${composer.name}`, entry, composer.world, composer.at, {
    closed: () => composer.closeForm(true),
    answered: (answer) => composer.on.answered(answer),
  });
  composer.openForm(form.element);
  form.start(rest);
}

async function send(world, { as, content: text, files, reply_to, title }, place) {
  const body = { as, ...world.at(place), content: text, reply_to, title };
  const path = world.path(title === undefined ? "messages" : "posts");
  const { message } = await (files.length ? postForm(path, body, files.map((file, index) => [`files[${index}]`, file])) : post(path, body));
  return title === undefined ? { message: message.id } : { open: message.channel_id };
}

export const kit = {
  onlyYou: "Only you can see this",
  parts: { reply, content, extras },
  tools,
  writing,
  useCommand,
  send,
  welcome,
  longest: 2000, // https://docs.discord.com/developers/resources/message#create-message
  keys: "Arrow keys move; R replies, the full stop key has more actions, E edits, Delete deletes.",
  commands: async (world, place) => (await get(world.path("commands"), { as: world.me, ...world.at(place) })).commands,
  encode,
  source: (world, message) => decode(world, message.raw.content),
  edit: (world, message, text) => post(world.path("edit"), { ...world.which(message), content: text }),
  remove: (world, message) => post(world.path("delete"), world.which(message)),
  press: (world, message, { id }) => post(world.path("press"), { ...world.which(message), custom_id: id }),
  help: (world, place) => post(world.path("command"), { as: world.me, ...world.at(place), name: "help", options: {} }),
  furnish: (pane) => ({ front: new Posts(pane.world, pane.on.openThread), tools: new ThreadTools(pane.name, pane.world) }),
  /** The bot's first answer may be a form; whatever else it is comes by itself. */
  answered: (world, { interaction, modal }, next) => {
    if (!modal) return;
    openForm(showModal(modal), `This form is from ${world.bot.name}.`, async (values, files, form) => {
      const body = { as: world.me, interaction, fields: filledIn(form, values) };
      next(await (files.length ? postForm(world.path("submit"), body, files) : post(world.path("submit"), body)));
    });
  },
};
