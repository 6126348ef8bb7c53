// One platform on the page: its sidebar, a channel and perhaps a thread beside it.

import { announce, el, toast } from "./dom.mjs";
import { isRunning } from "./buttons.mjs";
import { Pane } from "./pane.mjs";
import { fetchSample } from "./samples.mjs";
import { Sidebar } from "./sidebar.mjs";
import { welcomeCard } from "./welcome.mjs";

const QUIET_MILLISECONDS = 2500;
const wide = matchMedia("(min-width: 1000px)");

export class View {
  /** `on` has settled(), news() and simulated(). Its elements are on the page only while it is shown. */
  constructor(world, kit, on) {
    Object.assign(this, { world, kit, on, mine: new Set(), newest: null, wanted: null, speaking: new Map(), said: new Map() });
    const nav = el("nav", { id: "sidebar", class: "sidebar", "aria-label": "Channels and threads" });
    const pane = el("section", { id: "pane-main", class: "pane", "aria-label": "Channel" });
    const beside = el("section", { id: "pane-thread", class: "pane thread-pane", "aria-label": "Thread", hidden: true });
    this.element = el("div", { class: "columns", "data-platform": world.platform }, nav, el("main", { class: "panes" }, pane, beside));
    const open = (id) => this.open(id);
    const tryExample = (example) => this.tryExample(example);
    this.sidebar = new Sidebar(nav, world, open);
    this.main = new Pane("main", pane, world, kit, { openThread: open, sent: (id) => this.#sent(id), shown: () => this.#welcome(), tryExample });
    this.aside = new Pane("thread", beside, world, kit, { openThread: open, close: () => this.closeThread(), tryExample });
    world.listen((kind, data) => this.#heard(kind, data));
  }

  get shown() {
    return this.element.isConnected;
  }

  get place() {
    return this.main.place;
  }

  /** What the address bar says, so that a link leads here again. */
  get address() {
    const { world, main, aside } = this;
    return [world.platform, ...world.address(main.channel, aside.channel)].join("/");
  }

  /** Show a channel in the middle, a thread beside its channel. */
  open(id, { focus = true } = {}) {
    const { world, main, aside } = this;
    const place = world.place(id);
    // What I have just made may be told of after the answer that names it.
    this.wanted = place ? null : id;
    if (!place) return;
    const thread = world.isThread(place);
    const channel = world.parentOf(place);
    if (main.channel !== channel || !thread) main.show(channel);
    if (thread) {
      aside.root.hidden = false;
      aside.show(id);
    } else {
      this.#hideThread();
    }
    this.settle();
    if (focus) (thread ? aside : main).focus();
  }

  /** Begin where the address says, or in the first channel. */
  start(address = []) {
    const { world, main } = this;
    const id = world.addressed(address).findLast((one) => world.place(one)) ?? (main.channel && main.place ? null : world.firstChannel()?.id);
    if (id) this.open(id, { focus: false });
    else this.settle();
  }

  /** The answer to a post and the event of its thread come on two ways: either may be first. */
  #sent(id) {
    this.#greeted();
    this.mine.add(id);
    const thread = this.world.threadFrom({ id }, this.main.channel);
    if (thread) this.#answered(id, thread.id);
  }

  /** The thread of what I just asked: beside the channel if there is room, else one press away. */
  #answered(id, thread) {
    const { main, aside, world } = this;
    this.mine.delete(id);
    // Of several questions the newest one's thread stays open, whichever is there first.
    if (this.newest !== null && id < this.newest) return;
    this.newest = id;
    const busy = aside.root.contains(document.activeElement) || main.channel !== world.parentOf(world.place(thread));
    if (wide.matches && !busy) this.open(thread, { focus: false });
    else toast("Your answer is in the thread under your message.", "note");
  }

  #hideThread() {
    this.aside.root.hidden = true;
    this.aside.clear();
  }

  closeThread() {
    const card = [...this.main.list.querySelectorAll(".thread-card")].find(({ dataset }) => dataset.id === this.aside.channel);
    this.#hideThread();
    this.settle();
    (card ?? this.main.list).focus();
  }

  settle() {
    const { main, aside, world } = this;
    this.element.classList.toggle("with-thread", !aside.root.hidden);
    for (const shown of [main.channel, aside.channel]) world.unread.delete(shown);
    this.sidebar.draw([main.channel, aside.channel].filter(Boolean).map((id) => world.listed(id)));
    if (this.shown) this.on.settled();
  }

  get title() {
    return this.world.place(this.aside.channel ?? this.main.channel)?.name ?? "";
  }

  /** What was out of the document is put back as it was. */
  wake() {
    for (const pane of [this.main, this.aside]) pane.keepDown();
    this.#welcome();
  }

  // --- the first visit

  #welcome() {
    const { main, world, kit } = this;
    const first = this.shown && world.firstChannel()?.id === main.channel && !localStorage.getItem(`welcomed-${world.platform}`);
    if (!first) main.welcome.replaceChildren();
    else if (!main.welcome.children.length) {
      main.welcome.replaceChildren(welcomeCard(world, kit, main.composer, this.on.simulated(), { hide: () => this.#greeted(), open: (id) => this.open(id), openExamples: () => this.#openExamples() }));
    }
    if (first) main.showTop();
  }

  #greeted() {
    localStorage.setItem(`welcomed-${this.world.platform}`, "yes");
    this.main.welcome.replaceChildren();
  }

  #openExamples() {
    const [example] = this.world.examples;
    if (example && this.world.place(example.thread)) this.open(example.thread);
    else toast("The thread with the examples was deleted.", "note");
  }

  /** Put an example into the composer of its place, with the picture that it is about. */
  async tryExample({ text, channel, picture }) {
    const { main, world } = this;
    const place = world.exampleIn(channel);
    if (!place) return;
    this.#greeted();
    if (!wide.matches) this.#hideThread();
    if (main.channel !== place.id) main.show(place.id);
    main.composer.write(text.replace("@bot", `@${world.bot.name}`));
    this.settle();
    if (picture) main.composer.tray.add([await fetchSample(`${picture}.png`)]);
  }

  /** Ask for help where that can be done. */
  async help() {
    const { main, world, kit } = this;
    // It is told in the channel, which a thread covers where there is room for one of them only.
    if (!wide.matches) {
      this.#hideThread();
      this.settle();
    }
    // A forum takes posts and the App Home nothing: no commands.
    if (!main.takesCommands) this.open(world.firstChannel().id, { focus: false });
    await main.wait(kit.help(world, main.channel));
  }

  // --- what happens

  /** Say a finished message once: a person's at once, the bot's when its edits have come to rest. */
  #say(message) {
    const { speaking, said, world } = this;
    clearTimeout(speaking.get(message.id));
    // A line that only says how far it is would be told every few seconds.
    if (message.loading || message.author.id === world.me || isRunning(message)) return;
    const line = () => {
      const text = world.plain(message);
      if (said.get(message.id) === text) return;
      said.set(message.id, text);
      announce(`${message.author.name}: ${text}`);
    };
    if (message.author.bot) speaking.set(message.id, setTimeout(line, QUIET_MILLISECONDS));
    else if (message.isNew) line();
  }

  #heard(kind, data) {
    const { main, aside, world, mine } = this;
    if (kind === "message") {
      const open = this.shown && data.places.some((place) => [main.channel, aside.channel].includes(place));
      if (open) this.#say(data);
      else if (data.isNew && data.author.id !== world.me) this.#news(world.newsIn(data));
    } else if (kind === "channel" && data.id === this.wanted) {
      this.open(data.id);
    } else if (kind === "thread" && mine.has(data.message)) {
      this.#answered(data.message, data.place);
    } else if (kind === "loaded") {
      for (const id of [...mine]) {
        const thread = world.threadFrom({ id }, main.channel);
        if (thread) this.#answered(id, thread.id);
      }
    } else if (kind === "channel-deleted" && data.id === aside.channel) {
      this.closeThread();
    }
  }

  #news(places) {
    for (const place of places) this.world.unread.add(place);
    this.world.tell("unread", {});
    if (!this.shown) this.on.news();
  }
}
