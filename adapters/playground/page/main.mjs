// Joins the parts of the page: one world, one feed, a channel and perhaps a thread beside it.

import { announce, byId, el, toast } from "./dom.mjs";
import { isRunning } from "./buttons.mjs";
import { ProcessControl, choosePeople, chooseTheme } from "./controls.mjs";
import { nameIds, plain } from "./markdown.mjs";
import { Pane } from "./pane.mjs";
import { Refused, follow } from "./server.mjs";
import { Sidebar } from "./sidebar.mjs";
import { WeatherControl } from "./weather.mjs";
import { welcomeCard } from "./welcome.mjs";
import { LOADING, World } from "./world.mjs";

const QUIET_MILLISECONDS = 2500;
const wide = matchMedia("(min-width: 1000px)");

const world = new World();
const mine = new Set();
let newest = 0n;
let wanted = null;
let stopFollowing = () => {};

nameIds({ user: (id) => world.name(id), channel: (id) => world.channels.get(id)?.name ?? "unknown" });

const sidebar = new Sidebar(world, open);
const main = new Pane("main", byId("pane-main"), world, { openThread: open, sent, shown: welcome, tryExample });
const aside = new Pane("thread", byId("pane-thread"), world, { openThread: open, close: () => closeThread(), tryExample });
const processControl = new ProcessControl(world);
const weather = new WeatherControl(world, () => world.channels.get(main.channel));
choosePeople(world, (person) => { localStorage.setItem("person", person); load(person); });
chooseTheme();
byId("help").addEventListener("click", async () => {
  // A forum takes posts, no commands.
  if (world.isForum(main.place)) open(world.firstChannel().id, { focus: false });
  await main.use("help");
});

/** Show a channel in the middle, a thread beside its channel. */
function open(id, { focus = true } = {}) {
  const place = world.channels.get(id);
  // What I have just made may be told of after the answer that names it.
  wanted = place ? null : id;
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

function welcome(pane) {
  const first = pane === main && world.firstChannel()?.id === main.channel && !localStorage.getItem("welcomed");
  pane.welcome.replaceChildren(...(first ? [welcomeCard(world, main.composer, weather.simulated, { hide: greeted, openExamples })] : []));
  if (first) pane.showTop();
}

function greeted() {
  localStorage.setItem("welcomed", "yes");
  main.welcome.replaceChildren();
}

function openExamples() {
  const [example] = world.examples;
  if (example) open(example.thread);
  else toast("The thread with the examples was deleted.", "note");
}

/** Put an example into the composer of its place. */
function tryExample({ text, channel }) {
  const place = channel ? world.places().find(({ name }) => name === channel) : world.directChannels()[0];
  if (!place) return;
  greeted();
  if (!wide.matches) hideThread();
  if (main.channel !== place.id) main.show(place.id);
  main.composer.write(text.replace("@bot", `@${world.bot.name}`));
  settle();
}

// --- what happens ----------------------------------------------------------------------

const speaking = new Map();
const said = new Map();

/** Say a finished message once: a person's at once, the bot's when its edits have come to rest. */
function say(message) {
  clearTimeout(speaking.get(message.id));
  // A line that only says how far it is would be told every few seconds.
  if ((message.flags ?? 0) & LOADING || message.author.id === world.me || isRunning(message)) return;
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
  } else if (kind === "channel" && data.id === wanted) {
    open(data.id);
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
    const start = main.channel && world.channels.has(main.channel) ? null : places.at(-1) ?? world.firstChannel()?.id;
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
