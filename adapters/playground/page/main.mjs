// Joins the parts of the page: one world, one feed, a channel and perhaps a thread beside it.

import { announce, byId, el, toast } from "./dom.mjs";
import { ProcessControl, WeatherControl, choosePeople, chooseTheme } from "./controls.mjs";
import { nameIds, plain } from "./markdown.mjs";
import { Pane } from "./pane.mjs";
import { Refused, follow } from "./server.mjs";
import { Sidebar } from "./sidebar.mjs";
import { LOADING, World } from "./world.mjs";

const QUIET_MILLISECONDS = 2500;
const wide = matchMedia("(min-width: 1000px)");

const world = new World();
const mine = new Set();
let newest = 0n;
let stopFollowing = () => {};

nameIds({ user: (id) => world.name(id), channel: (id) => world.channels.get(id)?.name ?? "unknown" });

const sidebar = new Sidebar(world, open);
const main = new Pane("main", byId("pane-main"), world, { openThread: open, sent, shown: welcome });
const aside = new Pane("thread", byId("pane-thread"), world, { openThread: open, close: () => closeThread() });
const processControl = new ProcessControl(world);
const weather = new WeatherControl(world, () => world.channels.get(main.channel));
choosePeople(world, (person) => { localStorage.setItem("person", person); load(person); });
chooseTheme();

/** Show a channel in the middle, a thread beside its channel. */
function open(id, { focus = true } = {}) {
  const place = world.channels.get(id);
  if (!place) return;
  const channel = world.isThread(place) ? place.parent_id : id;
  if (main.channel !== channel || !world.isThread(place)) main.show(channel);
  if (world.isThread(place)) {
    aside.root.hidden = false;
    aside.show(id);
  } else {
    hideThread();
  }
  settle();
  closeMenu();
  if (focus) (world.isThread(place) ? aside : main).focus();
}

/** The answer to a post and the event of its thread come on two ways: either may be first. */
function sent(message) {
  greeted();
  mine.add(message.id);
  const thread = world.channels.get(message.id);
  if (thread) answered(thread);
}

/** The thread of what I just asked: beside the channel if there is room, else one press away. */
function answered(thread) {
  mine.delete(thread.id);
  // Of several questions the newest one's thread stays open, whichever is there first.
  if (BigInt(thread.id) < newest) return;
  newest = BigInt(thread.id);
  const busy = aside.root.contains(document.activeElement) || main.channel !== thread.parent_id;
  if (wide.matches && !busy) open(thread.id, { focus: false });
  else toast("Your answer is in the thread under your message.", "note");
}

function hideThread() {
  aside.root.hidden = true;
  aside.clear();
}

function closeThread() {
  const card = byId(`m-${aside.channel}`)?.querySelector(".thread-card");
  hideThread();
  settle();
  (card ?? main.list).focus();
}

function settle() {
  byId("columns").classList.toggle("with-thread", !aside.root.hidden);
  for (const shown of [main.channel, aside.channel]) world.unread.delete(shown);
  sidebar.draw([main.channel, aside.channel].filter(Boolean));
  weather.draw();
  history.replaceState(null, "", `#${[main.channel, aside.channel].filter(Boolean).join("/")}`);
  document.title = `${world.channels.get(aside.channel ?? main.channel)?.name ?? ""} · Threadbot playground`;
}

// --- the first visit -------------------------------------------------------------------

const EXAMPLES = [
  ["Ask what it can do", "What can you do?"],
  ["A long answer, streamed", "write a long answer about the tides"],
  ["Some code", "show me some code in Python"],
];
const FAILURE = ["A failure, on purpose", "simulate busy"];
// Asked for like the example: what each says is what people would read on a real server.
const FAILURES = ["simulate refused", "simulate cut", "simulate empty", "simulate misconfigured", "simulate slow"];

function welcome(pane) {
  const first = pane === main && world.textChannels()[0]?.id === main.channel && !localStorage.getItem("welcomed");
  pane.welcome.replaceChildren(...(first ? [welcomeCard()] : []));
}

function greeted() {
  localStorage.setItem("welcomed", "yes");
  main.welcome.replaceChildren();
}

function welcomeCard() {
  const simulated = weather.weather.model.length > 0;
  const examples = (simulated ? [...EXAMPLES, FAILURE] : EXAMPLES).map(([title, text]) => el("button", {
    type: "button",
    onclick: () => { main.composer.box.focus(); main.composer.post(`@${world.bot.name} ${text}`); },
  }, el("strong", {}, title), el("span", {}, `@${world.bot.name} ${text}`)));
  return el("section", { class: "card", "aria-label": "Welcome" },
    el("h3", {}, "Mention the bot; it answers in a thread"),
    el("p", {}, "Everything here runs on this computer. Try one of these:"),
    el("div", { class: "examples" }, ...examples),
    simulated && el("p", { class: "quiet" }, "More that can go wrong, each told in words: ", ...FAILURES.flatMap((words, index) => [index ? ", " : "", el("code", {}, words)]), "."),
    el("p", { class: "quiet" }, "Then press “Kill the bot” in mid-answer and start it again: there will be exactly one answer. ",
      el("button", { type: "button", class: "as-link", onclick: greeted }, "Hide this")));
}

// --- what happens ----------------------------------------------------------------------

const speaking = new Map();
const said = new Map();

/** Say a finished message once: a person's at once, the bot's when its edits have come to rest. */
function say(message) {
  clearTimeout(speaking.get(message.id));
  if ((message.flags ?? 0) & LOADING || message.author.id === world.me) return;
  const line = () => {
    if (said.get(message.id) === message.content) return;
    said.set(message.id, message.content);
    announce(`${world.name(message.author.id)}: ${plain(message.content)}`);
  };
  if (message.author.bot) speaking.set(message.id, setTimeout(line, QUIET_MILLISECONDS));
  else if (message.isNew) line();
}

world.listen((kind, data) => {
  if (kind === "message") {
    const shown = [main.channel, aside.channel].includes(data.channel_id);
    if (shown) say(data);
    else if (data.isNew && data.author.id !== world.me) world.unread.add(data.channel_id);
  } else if (kind === "channel" && mine.has(data.id)) {
    answered(data);
  } else if (kind === "loaded") {
    for (const id of [...mine].filter((one) => world.channels.has(one))) answered(world.channels.get(id));
  } else if (kind === "channel-deleted" && data.id === aside.channel) {
    closeThread();
  }
});

// --- start -----------------------------------------------------------------------------

const menu = byId("menu");

function closeMenu() {
  document.body.classList.remove("menu-open");
  menu.setAttribute("aria-expanded", "false");
}

menu.addEventListener("click", () => {
  const opened = document.body.classList.toggle("menu-open");
  menu.setAttribute("aria-expanded", String(opened));
  if (opened) byId("sidebar").querySelector("button")?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("menu-open")) {
    closeMenu();
    menu.focus();
  }
});

async function load(person) {
  stopFollowing();
  try {
    const state = await world.load(person);
    byId("banner-text").textContent = state.banner;
    const places = location.hash.slice(1).split("/").filter((id) => world.channels.has(id));
    const start = main.channel && world.channels.has(main.channel) ? null : places.at(-1) ?? world.textChannels()[0]?.id;
    if (start) open(start, { focus: false });
    else settle();
    stopFollowing = follow(world.me, state.position, {
      event: (kind, data) => world.apply(kind, data),
      reset: () => load(world.me),
      online: (yes) => { if (!yes) processControl.offline(); else processControl.back(); },
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    processControl.offline();
    setTimeout(() => load(person), 2000);
  }
}

load(localStorage.getItem("person"));
