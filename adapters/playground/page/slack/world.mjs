// What this person knows of the stand-in Slack: channels, their threads, and the app's own pages.
//
// A place is a channel's id, a thread that and the ts of its first message ("C1/1700.0001"), the
// App Home "home". A message stands in its channel, in its thread, or, as a thread's first, in both.

import { World } from "../world.mjs";
import { plainBlocks, rowsOf } from "./blocks.mjs";
import { emoji, nameIds, plainMrkdwn } from "./markdown.mjs";

export const HOME = "home";
const LINE_MILLISECONDS = 120_000;
const SIGNS = { channel: "text", group: "lock", mpim: "people", im: "direct" };
const KINDS = { group: "private channel", mpim: "group message", im: "direct messages" };
// Of a file of another organisation Slack tells the app only that it is there.
const STUBS = { check_file_info: "Its name and size are told to who looks it up" };
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const micros = (ts) => BigInt(ts.replace(".", ""));
const moment = (ts) => new Date(Number(ts) * 1000).toISOString();

export class SlackWorld extends World {
  constructor() {
    super("slack", "Slack");
    Object.assign(this, { channels: new Map(), roots: new Map(), lines: new Map(), home: null });
    nameIds({ user: (id) => this.name(id), channel: (id) => this.channels.get(id)?.name });
  }

  take(state) {
    const { team, commands, shortcuts, prompts, home } = state;
    Object.assign(this, { team, commands, shortcuts, prompts, home });
    this.channels = new Map(state.channels.map((channel) => [channel.id, channel]));
    this.roots.clear();
    this.lines = new Map(state.threads.map((line) => [`${line.channel}/${line.thread}`, line]));
  }

  read(raw) {
    const { ts, channel, thread_ts: thread, user, bot_id: bot, files = [], blocks = [], stream, subtype } = raw;
    const gone = subtype === "tombstone";
    const places = [];
    if (!thread || thread === ts || subtype === "thread_broadcast") places.push(channel);
    if (thread || !raw.ephemeral) places.push(`${channel}/${thread ?? ts}`);
    if (!thread || thread === ts) this.roots.set(ts, raw);
    return {
      id: ts, raw, places, order: micros(ts), at: moment(ts), edited: raw.edited ? moment(raw.edited.ts) : null,
      author: { id: user ?? bot ?? "USLACKBOT", bot: Boolean(bot), name: gone ? "Slackbot" : raw.username ?? this.name(user) },
      own: user === this.me && !bot && !gone, forMe: (raw.text ?? "").includes(`<@${this.me}>`) && user !== this.me,
      ephemeral: Boolean(raw.ephemeral), loading: false, growing: stream === "live", apart: false,
      buttons: rowsOf(blocks),
      reactions: (raw.reactions ?? []).map(({ name, count }) => ({ sign: emoji(name), count })),
      files: files.map((file) => ({ id: file.id, url: file.page_url, name: file.name ?? "A file from outside", size: file.size, type: file.mimetype, alt: file.alt_txt, width: file.original_w, height: file.original_h, note: file.note ?? STUBS[file.file_access] })),
    };
  }

  gone(data) {
    return { id: data.ts, places: [data.channel, `${data.channel}/${data.thread_ts ?? data.ts}`] };
  }

  hear(kind, data) {
    if (kind === "channel") this.channels.set(data.id, data);
    if (kind === "channel-deleted") this.channels.delete(data.id);
    if (kind === "home") this.home = data.view;
    if (kind === "world") {
      Object.assign(this, data);
      for (const channel of this.channels.values()) this.tell("channel", channel);
      return;
    }
    if (kind === "status") {
      const place = `${data.channel}/${data.thread}`;
      this.lines.set(place, data);
      this.tell("status", { place });
      if (data.line) this.#expire(place, data);
      if (data.line) this.tell("thread", { place, message: data.thread });
      return;
    }
    this.tell(kind, data);
  }

  /** Slack takes a status line away by itself: https://docs.slack.dev/reference/methods/assistant.threads.setStatus */
  #expire(place, line) {
    setTimeout(() => {
      if (this.lines.get(place) !== line) return;
      this.lines.delete(place);
      this.tell("status", { place });
    }, LINE_MILLISECONDS);
  }

  noted({ raw }) {
    const { ts, channel, thread_ts: thread } = raw;
    if (thread && thread !== ts) this.tell("thread", { place: `${channel}/${thread}`, message: thread });
  }

  /** A thread is not listed; what is new in it marks its channel. */
  newsIn({ raw }) {
    return [raw.channel];
  }

  listed(place) {
    return place === HOME ? this.directChannels()[0]?.id : place;
  }

  plain({ raw }) {
    return plainBlocks(raw.blocks) || plainMrkdwn(raw.text ?? "");
  }

  /** What the app does in a thread: its line, and Slack's own Stop where the app is an agent. */
  status(place) {
    const line = this.lines.get(place);
    if (!line?.line && !line?.stoppable) return null;
    const text = line.line ? `${this.bot.name} ${line.line}` : `${this.bot.name} is working…`;
    return { text, stop: line.stoppable ? "Stop" : null };
  }

  at(place) {
    const [channel, thread] = place.split("/");
    return { channel, thread };
  }

  which(message) {
    return { as: this.me, channel: message.raw.channel, message: message.id };
  }

  /** The open places as the address bar names them, and back: a thread's path begins with its channel's. */
  address(channel, thread) {
    return [thread ?? channel].filter(Boolean);
  }

  addressed(names) {
    return names.length ? [names[0], names.join("/")] : [];
  }

  // --- places

  place(id) {
    if (!id) return undefined;
    if (id === HOME) return { id, name: this.bot.name, kind: HOME };
    const { channel, thread } = this.at(id);
    const found = this.channels.get(channel);
    if (!found || !thread) return found && this.#named(found);
    return { id, channel, ts: thread, name: "Thread", kind: "thread", topic: this.#called(this.#named(found)) };
  }

  #named(channel) {
    return channel.kind === "im" ? { ...channel, name: this.bot.name } : channel;
  }

  #called({ kind, name }) {
    return kind === "channel" || kind === "group" ? `#${name}` : name;
  }

  isThread(place) {
    return place?.kind === "thread";
  }

  parentOf(place) {
    return this.isThread(place) ? place.channel : place.id;
  }

  isDirect(place) {
    return place?.kind === "im";
  }

  takesDenials() {
    return false;
  }

  kindName(place) {
    if (place.archived) return "archived channel";
    return place.bot === false ? `${this.bot.name} is not in it` : KINDS[place.kind] ?? "";
  }

  sign(place) {
    return place.kind === HOME ? "home" : place.kind === "thread" ? "thread" : SIGNS[place.kind] ?? "text";
  }

  /** The thread under a message of a channel, as its card shows it. */
  threadFrom(message, at) {
    const raw = this.roots.get(message.id);
    if (!raw?.reply_count || at?.includes("/")) return null;
    const { reply_count: count, latest_reply: latest, channel } = raw;
    return { id: `${channel}/${message.id}`, title: `${count} ${count === 1 ? "reply" : "replies"}`, told: latest ? `Last at ${clock.format(new Date(Number(latest) * 1000))}` : "" };
  }

  places() {
    return [...this.channels.values()].filter(({ kind }) => kind !== "im");
  }

  directChannels() {
    return [...this.channels.values()].filter((channel) => this.isDirect(channel)).map((channel) => this.#named(channel));
  }

  firstChannel() {
    return this.places().find(({ name }) => name === "general") ?? this.places()[0];
  }

  exampleIn(channel) {
    return channel ? this.places().find(({ name }) => name === channel) : this.directChannels()[0];
  }

  sections() {
    return [
      { title: this.team.name, places: this.places().map((place) => ({ place, threads: [] })) },
      { title: "Apps", places: this.directChannels().map((place) => ({ place, threads: [] })) },
    ];
  }
}
