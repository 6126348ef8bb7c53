// A forum: its posts, the newest first.

import { el } from "./dom.mjs";
import { kindName } from "./kinds.mjs";

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const EPOCH = 1420070400000n;

/** Draw the posts of a forum into `list`, with the focus where it was. */
export function drawPosts(list, world, forum, open) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
  const posts = world.threadsOf(forum);
  list.replaceChildren(...(posts.length ? posts.map((post) => el("li", {}, showPost(post, world, open)))
    : [el("li", { class: "quiet empty" }, `No posts yet. Write the first one below; mention @${world.bot.name} in it and it answers there.`)]));
  if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
}

function showPost(post, world, open) {
  const count = post.message_count ?? 0;
  const state = kindName(post) === "thread" ? "" : ` · ${kindName(post).replace("thread", "")}`;
  const begun = new Date(Number((BigInt(post.id) >> 22n) + EPOCH));
  const told = `${world.name(post.owner_id)} · ${day.format(begun)} · ${count} ${count === 1 ? "message" : "messages"}${state}`;
  return el("button", { type: "button", class: "post", "data-id": post.id, onclick: () => open(post.id) },
    el("strong", {}, post.name), el("span", { class: "quiet" }, told));
}
