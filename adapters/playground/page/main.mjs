// Joins the parts of the page: a view of each platform, one feed, one bot.

import { byId } from "./dom.mjs";
import { ProcessControl, choosePeople, choosePlatform, chooseTheme } from "./controls.mjs";
import { kit as discordKit } from "./discord/kit.mjs";
import { DiscordWorld } from "./discord/world.mjs";
import { knowSamples } from "./samples.mjs";
import { Refused, follow, get } from "./server.mjs";
import { kit as slackKit } from "./slack/kit.mjs";
import { SlackWorld } from "./slack/world.mjs";
import { View } from "./view.mjs";
import { WeatherControl } from "./weather.mjs";

const PLATFORMS = { discord: [DiscordWorld, discordKit], slack: [SlackWorld, slackKit] };

let views = [];
let shown = null;
const news = new Set();
let stopFollowing = () => {};
let markPlatform = () => {};

const processControl = new ProcessControl();
const weather = new WeatherControl(() => shown);
const offerPeople = choosePeople(({ name }) => { localStorage.setItem("person", name); load(); });
chooseTheme();
byId("help").addEventListener("click", () => shown.help());

function makeViews(platforms) {
  if (views.length) return;
  views = platforms.map((platform) => {
    const [Kind, kit] = PLATFORMS[platform];
    const view = new View(new Kind(), kit, {
      settled: () => settled(),
      news: () => { news.add(platform); markPlatform(shown.world.platform, news); },
      simulated: () => weather.simulated,
    });
    return view;
  });
  markPlatform = choosePlatform(views);
}

/** Put a platform's view on the page, as it was left. */
function show(view) {
  if (shown !== view) {
    shown?.element.remove();
    shown = view;
    byId("stage").append(view.element);
    document.documentElement.dataset.platform = view.world.platform;
    localStorage.setItem("platform", view.world.platform);
    view.wake();
  }
  news.delete(view.world.platform);
  markPlatform(view.world.platform, news);
  if (view.world.me) offerPeople(view.world);
}

function settled() {
  closeMenu();
  weather.draw();
  history.replaceState(null, "", `#${shown.address}`);
  document.title = `${shown.title} · ${shown.world.title} · Threadbot playground`;
}

/** Return the view that the address names, and the places in it. */
function addressed() {
  const [platform, ...places] = decodeURIComponent(location.hash.slice(1)).split("/");
  const view = views.find(({ world }) => world.platform === platform);
  return { view, places };
}

addEventListener("hashchange", () => {
  const { view, places } = addressed();
  if (!view) return;
  show(view);
  view.start(places);
});

// --- the menu on a narrow screen ---------------------------------------------------------

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

// --- start -------------------------------------------------------------------------------

function hear(platform, kind, data) {
  if (platform) views.find(({ world }) => world.platform === platform).world.apply(kind, data);
  else if (kind === "process") processControl.show(data, false);
  else if (kind === "weather") weather.show(data);
  else if (kind === "closing") processControl.close();
}

async function load() {
  stopFollowing();
  try {
    // The position is taken first: what happens meanwhile is told again, which does no harm.
    const state = await get("/page/state");
    const as = localStorage.getItem("person");
    knowSamples(state.samples);
    makeViews(state.platforms);
    await Promise.all(views.map(({ world }) => { world.simulated = state.simulated; return world.load(as); }));
    byId("banner-text").textContent = state.banner;
    const { view, places } = addressed();
    show(shown ?? view ?? views.find(({ world }) => world.platform === localStorage.getItem("platform")) ?? views[0]);
    processControl.show(state.process, true);
    weather.show(state.weather);
    shown.start(view === shown && !shown.main.channel ? places : []);
    const people = Object.fromEntries(views.map(({ world }) => [world.platform, world.me]));
    stopFollowing = follow(people, state.position, {
      event: hear,
      reset: load,
      online: (yes) => { if (!yes) processControl.offline(); else processControl.back(); },
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    processControl.offline();
    setTimeout(load, 2000);
  }
}

load();
