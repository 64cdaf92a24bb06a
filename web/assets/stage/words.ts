// Elements and words that every picture of the stage uses.

import { el, svg } from "../lib/dom.js";
import { pageLocale } from "../lib/messages.js";
import { phrases } from "../lib/phrases.js";
import { textLang } from "./model.js";

const TICK = "M5 12.6l4.7 4.8L19.4 6.6";

export function tick(): SVGElement {
  return svg("svg", { viewBox: "0 0 24 24", class: "st-tick", "aria-hidden": "true" }, svg("path", { d: TICK, pathLength: 1 }));
}

export function mark(): HTMLElement {
  const made = el("span", { class: "st-slot-mark" });
  made.append(tick());
  return made;
}

/** A name or a title in its own language, broken between words. */
export function langText(tag: "span" | "p" | "h2" | "h3", className: string, text: string): HTMLElement {
  return el(tag, { class: className, lang: textLang(text, pageLocale()), "data-phrases": true }, ...phrases(text));
}
