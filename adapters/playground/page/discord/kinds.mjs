// The kinds of channels: their signs, their names, and what can be done in each.
// https://docs.discord.com/developers/resources/channel#channel-object-channel-types

export const TEXT = 0;
export const DIRECT = 1;
export const VOICE = 2;
export const CATEGORY = 4;
export const NEWS = 5;
export const STAGE = 13;
export const FORUM = 15;
export const THREADS = new Set([10, 11, 12]);

const SIGNS = { [DIRECT]: "direct", [VOICE]: "voice", [STAGE]: "voice", [NEWS]: "news", [FORUM]: "forum" };
const NAMES = { [DIRECT]: "direct messages", [VOICE]: "chat of a voice channel", [STAGE]: "chat of a stage", [NEWS]: "announcements", [FORUM]: "forum" };

/** The icon that stands before a channel's name. */
export const sign = (channel) => (THREADS.has(channel.type) ? "thread" : SIGNS[channel.type] ?? "text");

/** What a channel is, in words, where it is not an ordinary one. */
export function kindName(channel) {
  if (THREADS.has(channel.type)) return channel.thread_metadata?.locked ? "locked thread" : channel.thread_metadata?.archived ? "archived thread" : "thread";
  return NAMES[channel.type] ?? "";
}

/** Whether a thread can be started from a message here. */
export const takesThreads = (channel) => channel.type === TEXT || channel.type === NEWS;
