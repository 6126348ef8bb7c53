// What this person knows of one stand-in: its places and messages, and what it tells as it happens.

import { get } from "./server.mjs";

/**
 * One platform's world. A platform's own class knows its objects; it has
 *   take(state) and hear(kind, data), which know the platform's objects,
 *   read(raw), which makes a message as the page shows it:
 *     {id, order, places, author: {id, name, bot}, at, edited, own, forMe, ephemeral, loading,
 *      growing, apart, buttons, reactions, files, raw},
 *   gone(data), which tells a deletion as {id, places}, at(place), where the server has it,
 *   address(channel, thread) and addressed(names) for the address bar, place(id), firstChannel(),
 *   sections(open), isThread(place), isDirect(place), parentOf(place), kindName(place), sign(place),
 *   takesDenials(place), exampleIn(name), threadFrom(message, at), status(place), plain(message).
 */
export class World {
  constructor(platform, title) {
    Object.assign(this, { platform, title });
    this.people = [];
    this.examples = [];
    this.messages = new Map();
    this.opening = new Map();
    this.since = new Map();
    this.unread = new Set();
    this.listeners = [];
  }

  /** Call `listener(kind, data)` after each change. */
  listen(listener) {
    this.listeners.push(listener);
  }

  tell(kind, data) {
    for (const listener of this.listeners) listener(kind, data);
  }

  /** Where the server answers for this platform. */
  path(name) {
    return `/page/${this.platform}/${name}`;
  }

  /** Read everything again, as the person named or with the id `as` (or the server's first one). */
  async load(as) {
    const state = await get(this.path("world"), as ? { as } : {});
    Object.assign(this, { me: state.me, people: state.people, bot: state.bot, limits: state.limits, examples: state.examples });
    this.take(state);
    this.messages.clear();
    this.since.clear();
    this.opening.clear();
    this.tell("loaded", state);
  }

  /** Read the latest messages of a place, once. */
  async open(place) {
    this.unread.delete(place);
    while (!this.messages.has(place)) {
      if (!this.opening.has(place)) this.opening.set(place, this.#read(place).finally(() => this.opening.delete(place)));
      await this.opening.get(place);
    }
    return [...this.messages.get(place).values()];
  }

  /** What is heard while the list is on its way is newer than the list: null is a deletion. */
  async #read(place) {
    const { me } = this;
    const since = new Map();
    this.since.set(place, since);
    try {
      const listed = await get(this.path("messages"), { as: me, ...this.at(place) });
      if (this.since.get(place) !== since) return; // all was read again in the meantime
      const known = new Map(listed.messages.map((raw) => this.read(raw)).map((message) => [message.id, message]));
      for (const [id, message] of since) {
        if (message) known.set(id, message);
        else known.delete(id);
      }
      this.messages.set(place, known);
    } finally {
      if (this.since.get(place) === since) this.since.delete(place);
    }
  }

  /** Take in what the server told and tell it on. */
  apply(kind, data) {
    if (kind === "message") this.#message(this.read(data));
    else if (kind === "message-deleted") this.forget(this.gone(data));
    else this.hear(kind, data);
  }

  #message(message) {
    message.isNew = !message.places.some((place) => this.messages.get(place)?.has(message.id));
    for (const place of message.places) {
      this.messages.get(place)?.set(message.id, message);
      this.since.get(place)?.set(message.id, message);
    }
    this.noted(message);
    this.tell("message", message);
  }

  /** Which places a message makes worth a look. */
  newsIn(message) {
    return message.places;
  }

  /** Which place of the sidebar stands for an open one. */
  listed(place) {
    return place;
  }

  /** What a platform concludes from a message. */
  noted() {}

  /** Take a message away; for an ephemeral one that is all there is to it. */
  forget({ id, places }) {
    for (const place of places) {
      this.messages.get(place)?.delete(id);
      this.since.get(place)?.set(id, null);
    }
    this.tell("message-deleted", { id, places });
  }

  person(id) {
    return id === this.bot?.id ? this.bot : this.people.find((person) => person.id === id);
  }

  name(id) {
    return this.person(id)?.name ?? "someone";
  }
}
