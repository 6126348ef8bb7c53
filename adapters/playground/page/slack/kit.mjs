// What only Slack's view has: how its messages, composer, tools, modals and first visit look.

import { el } from "../dom.mjs";
import { openForm } from "../form.mjs";
import { markEdited, showExample } from "../message.mjs";
import { decode, encode } from "../names.mjs";
import { Refused, post, postForm } from "../server.mjs";
import { isTyped, showBlocks } from "./blocks.mjs";
import { Home, Tabs } from "./home.mjs";
import { renderMrkdwn, unescape } from "./markdown.mjs";
import { showModal } from "./modal.mjs";
import { welcome } from "./welcome.mjs";

const SYSTEM = { channel_join: "joined the channel", channel_leave: "left the channel" };

// --- messages

function content({ raw, growing }) {
  const { text = "", blocks = [], edited, subtype, stream: state } = raw;
  return [[text, blocks, edited, subtype, growing, state], () => {
    if (subtype === "tombstone") return el("p", { class: "system" }, "This message was deleted.");
    if (SYSTEM[subtype]) return el("p", { class: "system" }, SYSTEM[subtype]);
    const nodes = document.createDocumentFragment();
    nodes.append(...(isTyped(blocks) ? [renderMrkdwn(text)] : showBlocks(blocks)));
    if (growing && !nodes.textContent) nodes.append(el("p", { class: "quiet" }, "…"));
    if (state === "broken") nodes.append(el("p", { class: "system" }, "This message stopped in the middle: Slack had waited too long for the rest."));
    if (state === "stopped_by_user") nodes.append(el("p", { class: "system" }, "Stopped"));
    return edited && !growing ? markEdited(nodes, Number(edited.ts) * 1000) : nodes;
  }];
}

const reply = () => [null, () => []];

const extras = ({ id }, world, on) => [id, () => showExample(id, world, on)];

/** What can be done with a message. */
function tools(view, world, on) {
  const { message, at } = view;
  const { raw } = message;
  if (message.ephemeral || raw.subtype === "tombstone") return [];
  const root = raw.thread_ts ?? raw.ts;
  const offered = Object.entries(world.shortcuts);
  return [
    !at.includes("/") && { name: "thread", key: "t", label: "Reply in thread", act: () => on.openThread(`${raw.channel}/${root}`) },
    offered.length && {
      name: "more", key: ".", label: "More actions",
      menu: () => offered.map(([id, label]) => ({ label, said: world.bot.name, act: async () => on.answered(await post(world.path("shortcut"), { ...world.which(view.message), callback_id: id })) })),
    },
  ].filter(Boolean);
}

// --- the composer

/** Say where a message will go and what starts the bot there. */
function writing(world, place, mention) {
  const bot = world.bot.name;
  const me = world.name(world.me);
  const thread = world.isThread(place);
  const direct = world.isDirect(world.place(world.parentOf(place)));
  return {
    placeholder: thread ? `Reply… as ${me}` : `Message ${direct ? "" : "#"}${place.name} as ${me}`,
    label: thread ? `Reply in the thread, as ${me}` : `Message to ${place.name}, as ${me}`,
    submit: "Send",
    prompts: direct && !thread ? world.prompts : [],
    // Slack takes no commands in threads: https://docs.slack.dev/interactivity/implementing-slash-commands
    commands: !thread,
    noCommands: `Commands do not work in threads. Write “@${bot} help” instead: the same words after a mention do.`,
    hint: direct ? [thread ? `${bot} answers here, without a mention.` : `Here ${bot} answers everything in a thread, without a mention.`]
      : world.place(world.parentOf(place)).bot === false ? [`${bot} is not in this channel. Bring it in with /invite @${bot}, then start with `, mention, "."]
        : thread ? [`In a thread that began with ${bot} it needs no mention; in others start with `, mention, "."]
          : ["Start with ", mention, " and it answers in a thread."],
  };
}

/** Let a chosen command be gone on with; return how it is used. */
function useCommand({ name, usage }, rest, composer) {
  if (!composer.box.value.startsWith(`/${name} `)) composer.write(`/${name} `);
  return usage ?? "";
}

/** Put ids where a command names channels, as Slack does where an app's commands are escaped. */
function nameChannels(world, text) {
  const named = [...world.channels.values()].filter(({ name, kind }) => name && kind !== "im");
  return named.reduce((known, { id, name }) => known.replace(new RegExp(`(?<![\\w<])#${name}(?![\\w-])`, "g"), `<#${id}>`), text);
}

const isCommand = (text) => /^\/\S/.test(text);

async function send(world, { as, written, content: text, files }, place) {
  const body = { as, ...world.at(place) };
  if (isCommand(written.trim()) && !files.length) {
    const [, command, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(written.trim());
    return { answer: await post(world.path("command"), { ...body, command, text: nameChannels(world, encode(world, rest)) }) };
  }
  const { message } = await (files.length ? postForm(world.path("messages"), { ...body, text }, files.map((file, index) => [`files[${index}]`, file])) : post(world.path("messages"), { ...body, text }));
  return body.thread ? {} : { message };
}

// --- what the app opens

const open = new Map();

/** Open a modal, or go on with it where it is; the app's views come by the feed. */
function showView(world, view) {
  const { root_view_id: root } = view;
  const known = open.get(root);
  if (!view.open) {
    known?.close();
    return;
  }
  if (known) {
    if (known.hash !== view.hash) known.draw(showModal(view, world));
    Object.assign(known, { hash: view.hash, id: view.id });
    return;
  }
  const entry = { hash: view.hash, id: view.id };
  open.set(root, entry);
  const submit = async (values, files) => {
    const body = { as: world.me, view: entry.id, values };
    const answer = await (files.length ? postForm(world.path("submit"), body, files) : post(world.path("submit"), body));
    if (answer.errors) return { faults: answer.errors };
    if (answer.view) {
      Object.assign(entry, { hash: answer.view.hash, id: answer.view.id });
      return { form: showModal(answer.view, world) };
    }
    open.delete(root);
    return null;
  };
  const closed = () => {
    open.delete(root);
    post(world.path("close"), { as: world.me, view: entry.id }).catch((error) => { if (!(error instanceof Refused)) throw error; });
  };
  Object.assign(entry, openForm(showModal(view, world), `This form is from ${world.bot.name}.`, submit, closed));
}

const followed = new WeakSet();

function furnish(pane) {
  const { world } = pane;
  if (!followed.has(world)) {
    followed.add(world);
    world.listen((kind, data) => {
      if (kind === "view" && document.visibilityState === "visible") showView(world, data);
    });
  }
  if (pane.name === "thread") return {};
  const press = (home, { block, action, value }) => pane.wait(post(world.path("press"), { as: world.me, view: home.id, block, action, value: value ?? "" }));
  return { front: new Home(world, press), tools: new Tabs(world, pane.on.openThread) };
}

export const kit = {
  onlyYou: "Only visible to you",
  parts: { reply, content, extras },
  tools,
  writing,
  useCommand,
  send,
  welcome,
  furnish,
  longest: 12_000,
  keys: "Arrow keys move; T replies in a thread, the full stop key has more actions, E edits, Delete deletes.",
  commands: (world) => world.commands,
  encode,
  source: (world, message) => unescape(decode(world, message.raw.text)),
  edit: (world, message, text) => post(world.path("edit"), { ...world.which(message), text }),
  remove: (world, message) => post(world.path("delete"), world.which(message)),
  press: (world, message, { block, action, value }) => post(world.path("press"), { ...world.which(message), block, action, value: value ?? "" }),
  stop: (world, place) => post(world.path("stop"), { as: world.me, ...world.at(place) }),
  help: (world, place) => post(world.path("command"), { as: world.me, channel: world.at(place).channel, command: world.commands[0] ? `/${world.commands[0].name}` : "/bot", text: "help" }),
  opened: (world, place) => (place.id === "home" || world.isDirect(place) ? post(world.path("home"), { as: world.me, tab: place.id === "home" ? "home" : "messages" }) : null),
  answered: () => {},
};
