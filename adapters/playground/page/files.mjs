// Files: those of a message as they are shown, and those that wait to be sent.

import { announce, el, toast } from "./dom.mjs";
import { icon } from "./icons.mjs";

// What is shown in its place; anything else is offered as a download.
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const MEGABYTE = 1024 * 1024;

/** Say how big something is, or nothing where that is not told. */
export function amount(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 2048) return `${bytes} bytes`;
  if (bytes < MEGABYTE) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

/** Return where this server has something: by whatever name it is called, it is this one. */
function placeOf(url) {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
}

/** Show a picture that opens in a tab of its own, with what it shows and a line about it. */
export function showPicture({ url, alt, width, height, line }) {
  const source = placeOf(url);
  return el("figure", {}, el("a", { href: source, target: "_blank", rel: "noopener" }, el("img", { src: source, alt, width, height, loading: "lazy" })),
    line && el("figcaption", { "aria-hidden": line === alt ? "true" : null }, line));
}

/** Show a file of a message: a picture in its place, else a link that downloads it. */
export function showFile({ id, url, name, size, type, alt, width, height, note }) {
  if (!url) return el("span", { class: "file" }, icon("file"), el("span", {}, el("strong", {}, name), el("small", {}, note)));
  const source = placeOf(url);
  const known = width && height ? `${width} × ${height}, ` : "";
  if (!PICTURES.has(type?.split(";")[0])) {
    return el("a", { class: "file", href: source, download: name, "data-id": id }, icon("file"), el("span", {}, el("strong", {}, name), el("small", {}, note ?? `${known}${amount(size)}`)));
  }
  return showPicture({ url, alt: alt || `Picture ${name}`, width, height, line: `${name} · ${known}${amount(size)}` });
}

/** The files that go with the next message. `limits` is what the platform takes. */
export class Tray {
  constructor(world, changed) {
    Object.assign(this, { world, changed, files: [] });
    this.element = el("ul", { class: "tray", "aria-label": "Files to send", hidden: true });
    this.input = el("input", { type: "file", multiple: true, class: "unseen", tabindex: "-1", "aria-hidden": "true" });
    this.input.addEventListener("change", () => { this.add(this.input.files); this.input.value = ""; });
    this.button = el("button", { type: "button", class: "field-button", "aria-label": "Attach files", title: "Attach files", onclick: () => this.input.click() }, icon("attach"));
  }

  /** Add what the platform would take, and say what it would not. */
  add(list) {
    const { title } = this.world;
    const { files: most, file_bytes: largest, request_bytes: all } = this.world.limits;
    for (const file of list) {
      const total = this.files.reduce((sum, { size }) => sum + size, file.size);
      if (file.size > largest) toast(`${file.name} has ${amount(file.size)}; ${title} takes at most ${amount(largest)} per file.`);
      else if (!file.size) toast(`${file.name} is empty.`);
      else if (this.files.length >= most) toast(`${file.name} is one too many: ${title} takes at most ${most} files with a message.`);
      else if (total > all) toast(`${file.name} is too much: ${title} takes at most ${amount(all)} with a message.`);
      else this.files.push(file);
    }
    this.#draw();
    announce(this.files.length === 1 ? "1 file to send." : `${this.files.length} files to send.`);
  }

  /** Give the files away, to be sent. */
  take() {
    const taken = this.files;
    this.files = [];
    this.#draw();
    return taken;
  }

  #remove(index) {
    const [{ name }] = this.files.splice(index, 1);
    this.#draw();
    announce(`${name} removed.`);
    (this.element.querySelectorAll("button")[Math.min(index, this.files.length - 1)] ?? this.button).focus();
  }

  #draw() {
    for (const picture of this.element.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    this.element.hidden = this.files.length === 0;
    this.element.replaceChildren(...this.files.map((file, index) => el("li", {},
      PICTURES.has(file.type) ? el("img", { src: URL.createObjectURL(file), alt: "" }) : icon("file"),
      el("span", {}, el("strong", {}, file.name), el("small", {}, amount(file.size))),
      el("button", { type: "button", class: "icon-button", "aria-label": `Remove ${file.name}`, onclick: () => this.#remove(index) }, icon("close")))));
    this.changed();
  }
}

/** Let files be dropped on an element and pasted into a box. */
export function takeDrops(root, box, allowed, add) {
  const brings = (event) => event.dataTransfer?.types.includes("Files") && allowed();
  root.addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    root.classList.add("dropping");
  });
  root.addEventListener("dragleave", (event) => { if (!root.contains(event.relatedTarget)) root.classList.remove("dropping"); });
  root.addEventListener("drop", (event) => {
    root.classList.remove("dropping");
    if (!brings(event)) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  box.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length || !allowed()) return;
    event.preventDefault();
    add(event.clipboardData.files);
  });
}
