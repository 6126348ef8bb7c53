// The pictures that come with the playground, so that nobody has to look for one to begin with.

import { announce, el, toast } from "./dom.mjs";
import { icon } from "./icons.mjs";
import { Menu } from "./menu.mjs";

const FOLDER = "/page/samples/";
let known = [];
const fetched = new Map();

/** Hand in what the server has: {name, title, mask} each. */
export function knowSamples(samples) {
  known = samples;
}

/** Fetch a picture, as if it had been picked; what was fetched before is at hand. */
export function fetchSample(name) {
  if (!fetched.has(name)) {
    const file = bring(name);
    fetched.set(name, file);
    file.catch(() => fetched.delete(name));
  }
  return fetched.get(name);
}

async function bring(name) {
  const response = await fetch(FOLDER + name);
  if (!response.ok) throw new Error(`no sample ${name}`);
  return new File([await response.blob()], name, { type: "image/png" });
}

/** Return a button that offers the pictures (`masks`: and masks for them); `add(file)` gets one. */
export function sampleButton(add, { label, words, masks = false }) {
  const button = el("button", { type: "button", class: words ? "offer sample" : "field-button", "aria-label": words ? `${words}: ${label}` : label, title: words ? null : label }, icon("picture"), words);
  const element = el("span", { class: "samples" }, button);
  const menu = new Menu(button, element);
  const take = async ({ name, title }) => {
    try {
      add(await fetchSample(name));
      announce(`${title} was added.`);
    } catch {
      toast("The playground does not answer. Is it still running in its terminal?");
    }
  };
  button.addEventListener("click", () => {
    const offered = known.filter(({ mask }) => masks || !mask);
    // Whoever sends at once after choosing means to send it along.
    for (const { name } of offered) fetchSample(name).catch(() => {});
    menu.toggle(offered.map((sample) => ({ label: sample.title, picture: FOLDER + sample.name, act: () => take(sample) })));
  });
  return element;
}

/** Put a picture into a file field, behind what is there if it takes several. */
export function putInto(box, file, most = 1) {
  const files = new DataTransfer();
  for (const one of most > 1 ? [...box.files].slice(0, most - 1) : []) files.items.add(one);
  files.items.add(file);
  box.files = files.files;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}
