// The page's few drawings, as nodes; each is beside words or a label, so none is read out.

const PATHS = {
  again: "M19 12a7 7 0 1 1-2-5M19 3v5h-5",
  attach: "M12 5v14M5 12h14",
  bad: "M17 13V4h3v9zM17 13l-4 8c-1.5 0-2.5-1-2.5-2.5V15h-5c-1.2 0-2-1-1.8-2.2l1.2-7A2 2 0 0 1 6.9 4H17",
  close: "M6 6l12 12M18 6 6 18",
  delete: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  direct: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zm0 0v2a2.5 2.5 0 0 0 5 0v-2a9 9 0 1 0-4 7.5",
  edit: "M4 20h4L19 9l-4-4L4 16z",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  forum: "M4 5h16v11H10l-6 4z",
  good: "M7 11v9H4v-9zM7 11l4-8c1.5 0 2.5 1 2.5 2.5V9h5c1.2 0 2 1 1.8 2.2l-1.2 7A2 2 0 0 1 17.1 20H7",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  news: "M4 10v4h3l9 4V6l-9 4zM8 14.5V19h3",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.500h.01",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-4 2.5-6 6-6s6 2 6 6M16 4.5a3.5 3.5 0 0 1 0 6.5M17.5 14.5c2.3.8 3.5 2.700 3.5 5.500",
  reply: "M9 7l-5 5 5 5M4 12h9a7 7 0 0 1 7 7",
  send: "M4 12 20 4l-5 16-3-7z",
  text: "M5 9h15M4 15h15M10 4 8 20M16 4l-2 16",
  thread: "M6 4v8a4 4 0 0 0 4 4h8M14 12l4 4-4 4",
  waits: "M7 4h10M7 20h10M8 4c0 4 3 5 4 8-1 3-4 4-4 8M16 4c0 4-3 5-4 8 1 3 4 4 4 8",
  voice: "M4 10v4h4l5 4V6l-5 4zM16.5 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11",
};
// Pictures of the platform that no font need have.
const SIGNS = { "\u{1F44D}": "good", "\u{1F44E}": "bad", "\u{1F504}": "again", "\u231b": "waits", "\u23f3": "waits", trash: "delete" };
const SVG = "http://www.w3.org/2000/svg";

/** Draw one of the icons by name. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  if (name === "more") path.setAttribute("stroke-width", "3.2");
  drawing.append(path);
  return drawing;
}

/** Show a sign of the platform: drawn if it is one of ours, else as the font has it. */
export function emblem(emoji) {
  if (SIGNS[emoji]) return icon(SIGNS[emoji]);
  const shown = document.createElement("span");
  shown.setAttribute("aria-hidden", "true");
  shown.textContent = emoji;
  return shown;
}
