// Everything that is asked of the playground's server, and what it tells by itself.

/** The server's refusal, in words fit for the person. */
export class Refused extends Error {}

async function read(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // An error page that is no JSON: the status alone has to do.
  }
  if (!response.ok) throw new Refused(body.error || `The playground answered ${response.status}.`);
  return body;
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Refused("The playground does not answer. Is it still running in its terminal?");
  }
  return read(response);
}

const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined)).toString();
export const get = (path, values = {}) => ask(`${path}?${query(values)}`, {});
export const post = (path, body) => ask(path, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/** Send the same with files: each a pair of its part's name and the file. */
export function postForm(path, body, files) {
  const form = new FormData();
  form.append("body", new Blob([JSON.stringify(body)], { type: "application/json" }));
  for (const [name, file] of files) form.append(name, file, file.name);
  return ask(path, { method: "POST", headers: { "X-Playground": "page" }, body: form });
}

const OWN = ["process", "weather", "closing"];
const KINDS = ["message", "message-deleted", "messages-deleted", "channel", "channel-deleted", "typing", "status", "home", "view", "world"];

/**
 * Follow the events of a person on each platform ({platform: id}) from `position` on:
 * `event(platform, kind, data)`, where what is of no platform has none. The browser resumes by
 * Last-Event-ID; `reset` is called when too much was missed and everything is to be read again.
 */
export function follow(people, position, { event, reset, online }) {
  const as = Object.values(people).map((id) => ["as", id]);
  const source = new EventSource(`/page/events?${new URLSearchParams([...as, ["after", position]])}`);
  const hear = (name, platform, kind) => source.addEventListener(name, (message) => event(platform, kind, JSON.parse(message.data)));
  for (const kind of OWN) hear(kind, null, kind);
  for (const platform of Object.keys(people)) for (const kind of KINDS) hear(`${platform}-${kind}`, platform, kind);
  source.addEventListener("reset", reset);
  source.addEventListener("open", () => online(true));
  source.addEventListener("error", () => {
    online(false);
    // A closed source does not come back by itself (the server refused, or was replaced).
    if (source.readyState === EventSource.CLOSED) setTimeout(reset, 2000);
  });
  return () => source.close();
}
