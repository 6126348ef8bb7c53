// What this person knows of the stand-in Discord: its objects exactly as its API shows them.

import { CATEGORY, DIRECT, FORUM, TEXT, THREADS } from "./kinds.mjs";
import { get } from "./server.mjs";

export const EPHEMERAL = 1 << 6;
export const LOADING = 1 << 7;
const TYPING_MILLISECONDS = 10000;

export class World {
  constructor() {
    this.people = [];
    this.examples = [];
    this.channels = new Map();
    this.messages = new Map();
    this.opening = new Map();
    this.since = new Map();
    this.unread = new Set();
    this.typing = new Map();
    this.listeners = [];
  }

  /** Call `listener(kind, data)` after each change. */
  listen(listener) {
    this.listeners.push(listener);
  }

  tell(kind, data) {
    for (const listener of this.listeners) listener(kind, data);
  }

  /** Read everything again, as the person `as` (or the server's first one). */
  async load(as) {
    const state = await get("/page/world", as ? { as } : {});
    Object.assign(this, { me: state.me, people: state.people, bot: state.bot, guild: state.guild, limits: state.limits, examples: state.examples, simulated: state.simulated });
    this.channels = new Map(state.channels.map((channel) => [channel.id, this.#named(channel)]));
    this.messages.clear();
    this.since.clear();
    this.opening.clear();
    this.tell("loaded", state);
    return state;
  }

  /** Read the latest messages of a channel or thread, once. */
  async open(channel) {
    this.unread.delete(channel);
    while (!this.messages.has(channel)) {
      if (!this.opening.has(channel)) this.opening.set(channel, this.#read(channel).finally(() => this.opening.delete(channel)));
      await this.opening.get(channel);
    }
    return [...this.messages.get(channel).values()];
  }

  /** What is heard while the list is on its way is newer than the list: null is a deletion. */
  async #read(channel) {
    const { me } = this;
    const since = new Map();
    this.since.set(channel, since);
    try {
      const listed = await get("/page/messages", { as: me, channel });
      if (this.since.get(channel) !== since) return; // all was read again in the meantime
      const known = new Map(listed.messages.map((message) => [message.id, message]));
      for (const [id, message] of since) {
        if (message) known.set(id, message);
        else known.delete(id);
      }
      this.messages.set(channel, known);
    } finally {
      if (this.since.get(channel) === since) this.since.delete(channel);
    }
  }

  apply(kind, data) {
    if (kind === "message") this.#message(data);
    if (kind === "message-deleted") {
      this.messages.get(data.channel_id)?.delete(data.id);
      this.since.get(data.channel_id)?.set(data.id, null);
    }
    if (kind === "messages-deleted") {
      for (const id of data.ids) this.apply("message-deleted", { id, channel_id: data.channel_id });
      return;
    }
    if (kind === "channel") this.channels.set(data.id, this.#named(data));
    if (kind === "channel-deleted") this.channels.delete(data.id);
    if (kind === "typing") this.#typing(data);
    this.tell(kind, data);
  }

  /** A direct message has no name of its own; it is called as whom it is with. */
  #named(channel) {
    if (channel.type === DIRECT) channel.name = this.bot.name;
    return channel;
  }

  #message(message) {
    const channel = this.messages.get(message.channel_id);
    message.isNew = !channel?.has(message.id);
    channel?.set(message.id, message);
    this.since.get(message.channel_id)?.set(message.id, message);
    this.typing.get(message.channel_id)?.delete(message.author.id);
    const parent = this.channels.get(message.channel_id);
    if (parent) parent.last_message_id = message.id > (parent.last_message_id ?? "") ? message.id : parent.last_message_id;
  }

  #typing({ channel_id: channel, user_id: user }) {
    if (!this.typing.has(channel)) this.typing.set(channel, new Map());
    const people = this.typing.get(channel);
    clearTimeout(people.get(user));
    people.set(user, setTimeout(() => {
      people.delete(user);
      this.tell("typing", { channel_id: channel, user_id: user });
    }, TYPING_MILLISECONDS));
  }

  typists(channel) {
    return [...(this.typing.get(channel)?.keys() ?? [])].filter((id) => id !== this.me).map((id) => this.name(id));
  }

  person(id) {
    return id === this.bot?.id ? this.bot : this.people.find((person) => person.id === id);
  }

  name(id) {
    return this.person(id)?.name ?? "someone";
  }

  isThread(channel) {
    return THREADS.has(channel?.type);
  }

  isForum(channel) {
    return channel?.type === FORUM;
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
}
