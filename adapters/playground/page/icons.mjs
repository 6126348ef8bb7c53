// The page's few drawings, as nodes; each is beside words or a label, so none is read out.

const PATHS = {
  attach: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  delete: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  direct: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zm0 0v2a2.5 2.5 0 0 0 5 0v-2a9 9 0 1 0-4 7.5",
  edit: "M4 20h4L19 9l-4-4L4 16z",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  forum: "M4 5h16v11H10l-6 4z",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  news: "M4 10v4h3l9 4V6l-9 4zM8 14.5V19h3",
  reply: "M9 7l-5 5 5 5M4 12h9a7 7 0 0 1 7 7",
  send: "M4 12 20 4l-5 16-3-7z",
  text: "M5 9h15M4 15h15M10 4 8 20M16 4l-2 16",
  thread: "M6 4v8a4 4 0 0 0 4 4h8M14 12l4 4-4 4",
  voice: "M4 10v4h4l5 4V6l-5 4zM16.5 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11",
};
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
