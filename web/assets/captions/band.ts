// The lines of captions in their box: each is put there once, so that it is read out once, and goes by its own instant.

import { el } from "../lib/dom.js";
import type { CaptionLine } from "./model.js";

const SIZES = [1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.66, 0.62];

export interface Band {
  show(lines: CaptionLine[], language: string): void;
  fit(): void;
}

/** Put these lines into the box; those that are there already stay untouched. */
export function putLines(box: HTMLElement, lines: CaptionLine[], language: string): boolean {
  const wanted = new Map(lines.map((line) => [String(line.n), line]));
  let changed = false;
  for (const old of box.querySelectorAll<HTMLElement>("[data-caption]")) {
    if (wanted.delete(old.dataset["caption"] ?? "") && old.lang === language) continue;
    changed = true;
    old.remove();
  }
  for (const line of wanted.values()) {
    changed = true;
    box.append(el("p", { "data-caption": line.n, lang: language, dir: "auto" }, line.text));
  }
  return changed;
}

/** The band of a stage or a monitor: two rows at most. A line that needs more than is there is made smaller, and one before it
    goes. `grows`: whether it grows with its lines instead where the screen stands upright. */
export function stageBand(box: HTMLElement, grows = true): Band {
  const room = (): number => {
    const style = getComputedStyle(box);
    return box.clientHeight - parseFloat(style.paddingBlockStart) - parseFloat(style.paddingBlockEnd);
  };
  const needed = (): number => [...box.children].reduce((sum, each) => sum + (each as HTMLElement).offsetHeight, 0);

  function fit(): void {
    const upright = grows && window.innerHeight > window.innerWidth;
    const first = box.firstElementChild as HTMLElement | null;
    if (first) first.hidden = false;
    box.style.setProperty("--k", "1");
    if (upright || box.childElementCount === 0) return;
    if (needed() <= room() + 1) return;
    if (first && box.childElementCount > 1) first.hidden = true;
    for (const size of SIZES) {
      box.style.setProperty("--k", String(size));
      if (needed() <= room() + 1) return;
    }
  }

  return {
    show(lines, language) {
      if (!putLines(box, lines, language)) return;
      box.dataset["lines"] = String(box.childElementCount);
      fit();
    },
    fit,
  };
}
