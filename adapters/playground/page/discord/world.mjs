// What this person knows of the stand-in Discord: its objects exactly as its API shows them.

import { World } from "../world.mjs";
import { showRows, wordsOf } from "./components.mjs";
import { CATEGORY, DIRECT, FORUM, TEXT, THREADS, kindName, sign } from "./kinds.mjs";
import { nameIds, plain } from "./markdown.mjs";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
// https://docs.discord.com/developers/resources/message#message-object-message-types
const WRITTEN = new Set([0, 19]);
export const THREAD_STARTER = 21; // stands in a thread for the message that it was started from
const TYPING_MILLISECONDS = 10000;

export class DiscordWorld extends World {
  constructor() {
    super("discord", "Discord");
    this.channels = new Map();
    this.typing = new Map();
    nameIds({ user: (id) => this.name(id), channel: (id) => this.channels.get(id)?.name ?? "unknown" });
  }

  take(state) {
    this.guild = state.guild;
    this.channels = new Map(state.channels.map((channel) => [channel.id, this.#named(channel)]));
  }

  read(raw) {
    const { id, author, flags = 0, type } = raw;
    const written = type === THREAD_STARTER ? raw.referenced_message : raw;
    return {
      id, raw, order: BigInt(id), places: [raw.channel_id], at: raw.timestamp, edited: raw.edited_timestamp,
      author: { id: author.id, bot: Boolean(author.bot), name: this.person(author.id)?.name ?? author.global_name ?? author.username },
      own: author.id === this.me && WRITTEN.has(type),
      forMe: (raw.mentions ?? []).some((user) => user.id === this.me),
      ephemeral: Boolean(flags & EPHEMERAL), loading: Boolean(flags & LOADING),
      apart: Boolean(raw.message_reference || raw.command),
      buttons: showRows(raw.components),
      reactions: (raw.reactions ?? []).map(({ emoji, count }) => ({ sign: emoji.name, count })),
      files: (written?.attachments ?? []).map((file) => ({ id: file.id, url: file.url, name: file.filename, size: file.size, type: file.content_type, alt: file.description, width: file.width, height: file.height })),
    };
  }

  gone({ id, channel_id: channel }) {
    return { id, places: [channel] };
  }

  hear(kind, data) {
    if (kind === "messages-deleted") {
      for (const id of data.ids) this.forget({ id, places: [data.channel_id] });
      return;
    }
    if (kind === "channel") this.channels.set(data.id, this.#named(data));
    if (kind === "channel-deleted") this.channels.delete(data.id);
    if (kind === "typing") this.#typing(data);
    this.tell(kind, data);
    if (kind === "channel" && this.isThread(data)) this.tell("thread", { place: data.id, message: data.id });
  }

  /** A direct message has no name of its own; it is called as whom it is with. */
  #named(channel) {
    if (channel.type === DIRECT) channel.name = this.bot.name;
    return channel;
  }

  noted({ id, places: [place], author }) {
    this.typing.get(place)?.delete(author.id);
    const parent = this.channels.get(place);
    if (parent) parent.last_message_id = id > (parent.last_message_id ?? "") ? id : parent.last_message_id;
  }

  #typing({ channel_id: channel, user_id: user }) {
    if (!this.typing.has(channel)) this.typing.set(channel, new Map());
    const people = this.typing.get(channel);
    clearTimeout(people.get(user));
    people.set(user, setTimeout(() => {
      people.delete(user);
      this.tell("status", { place: channel });
    }, TYPING_MILLISECONDS));
    this.tell("status", { place: channel });
  }

  /** Who types, in words. */
  status(channel) {
    const names = [...(this.typing.get(channel)?.keys() ?? [])].filter((id) => id !== this.me).map((id) => this.name(id));
    return names.length ? { text: `${names.join(", ")} ${names.length > 1 ? "are" : "is"} typing…` } : null;
  }

  /** Where a place is, for the server. */
  at(channel) {
    return { channel };
  }

  /** The open places as the address bar names them, and back. */
  address(channel, thread) {
    return [channel, thread].filter(Boolean);
  }

  addressed(names) {
    return names;
  }

  exampleIn(channel) {
    return channel ? this.places().find(({ name }) => name === channel) : this.directChannels()[0];
  }

  which(message) {
    return { as: this.me, channel: message.raw.channel_id, message: message.id };
  }

  plain(message) {
    return plain(message.raw.content) || wordsOf(message.raw.components);
  }

  // --- places

  place(id) {
    return this.channels.get(id);
  }

  isThread(channel) {
    return THREADS.has(channel?.type);
  }

  parentOf(channel) {
    return this.isThread(channel) ? channel.parent_id : channel.id;
  }

  isForum(channel) {
    return channel?.type === FORUM;
  }

  isDirect(channel) {
    return channel?.type === DIRECT;
  }

  /** Whether the bot's permissions can be taken from it in a place. */
  takesDenials(channel) {
    return Boolean(channel) && channel.type !== DIRECT && channel.type !== CATEGORY && !this.isThread(channel);
  }

  kindName(channel) {
    return kindName(channel);
  }

  sign(channel) {
    return sign(channel);
  }

  /** The thread that was started from a message, as its card shows it. */
  threadFrom(message, at) {
    const thread = this.channels.get(message.id);
    if (!thread || !this.isThread(thread) || thread.id === at) return null;
    const count = thread.message_count;
    return { id: thread.id, title: thread.name, told: count ? `${count} ${count === 1 ? "message" : "messages"}` : "Thread" };
  }

  /** The server's channels of every kind, in its order. */
  places() {
    return [...this.channels.values()]
      .filter((channel) => !this.isThread(channel) && channel.type !== DIRECT && channel.type !== CATEGORY)
      .sort((one, other) => one.position - other.position);
  }

  firstChannel() {
    return this.places().find((channel) => channel.type === TEXT);
  }

  directChannels() {
    return [...this.channels.values()].filter((channel) => channel.type === DIRECT);
  }

  threadsOf(parent) {
    return [...this.channels.values()]
      .filter((channel) => this.isThread(channel) && channel.parent_id === parent)
      .sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? 1 : -1));
  }

  /** What the sidebar lists: titled sections of places, with the threads that are alive or open. */
  sections(current) {
    const threads = (channel) => this.threadsOf(channel.id).filter(({ id, thread_metadata: meta }) => !meta?.archived || current.includes(id));
    return [
      { title: this.guild.name, places: this.places().map((channel) => ({ place: channel, threads: threads(channel) })) },
      { title: "Direct messages", places: this.directChannels().map((channel) => ({ place: channel, threads: [] })) },
    ];
  }
}
