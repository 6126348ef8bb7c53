// A forum: its posts, the newest first.

import { el } from "../dom.mjs";
import { kindName } from "./kinds.mjs";

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const EPOCH = 1420070400000n;

/** The posts of a forum, which has no messages of its own. */
export class Posts {
  constructor(world, open) {
    Object.assign(this, { world, open, writes: true });
    this.element = el("ul", { class: "posts", "aria-label": "Posts", hidden: true });
    world.listen((kind, data) => {
      if ((kind === "channel" || kind === "channel-deleted") && this.forum && data.parent_id === this.forum) this.draw();
    });
  }

  /** Show the posts of a place, if it is a forum; tell whether it is. */
  show(place) {
    this.forum = this.world.isForum(place) ? place.id : null;
    this.element.hidden = !this.forum;
    if (this.forum) {
      this.element.setAttribute("aria-label", `Posts in ${place.name}`);
      this.draw();
    }
    return Boolean(this.forum);
  }

  /** Draw them, with the focus where it was. */
  draw() {
    const { element, world } = this;
    const focused = element.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
    const posts = world.threadsOf(this.forum);
    element.replaceChildren(...(posts.length ? posts.map((post) => el("li", {}, showPost(post, world, this.open)))
      : [el("li", { class: "quiet empty" }, `No posts yet. Write the first one below; mention @${world.bot.name} in it and it answers there.`)]));
    if (focused) element.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }
}

function showPost(post, world, open) {
  const count = post.message_count ?? 0;
  const state = kindName(post) === "thread" ? "" : ` · ${kindName(post).replace("thread", "")}`;
  const begun = new Date(Number((BigInt(post.id) >> 22n) + EPOCH));
  const told = `${world.name(post.owner_id)} · ${day.format(begun)} · ${count} ${count === 1 ? "message" : "messages"}${state}`;
  return el("button", { type: "button", class: "post", "data-id": post.id, onclick: () => open(post.id) },
    el("strong", {}, post.name), el("span", { class: "quiet" }, told));
}
