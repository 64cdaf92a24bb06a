// How large something is drawn: as large as its frame has room for.

import { inPages } from "./pages.js";

const MOST_PAGES = 6;
const STEP = 0.05;
// So near to what can be read is as good.
const NEAR = 0.005;

function overflows(frame: HTMLElement): boolean {
  return frame.scrollHeight > frame.clientHeight + 1 || frame.scrollWidth > frame.clientWidth + 1;
}

function fitsAt(size: number, frame: HTMLElement, scaled: HTMLElement): boolean {
  scaled.style.setProperty("--k", size.toFixed(2));
  return !overflows(frame) || window.innerHeight > window.innerWidth;
}

/** Sets --k on `scaled` to the largest of the sizes at which `frame` holds all of it; on an upright phone the page scrolls instead.
 * Every trial lays the picture out anew: they are halved. */
export function fitInto(frame: HTMLElement, scaled: HTMLElement, largest: number, smallest = 0.3): number {
  let [taken, refused] = [Math.max(0, Math.round((largest - smallest) / STEP)), -1];
  while (taken - refused > 1) {
    const middle = Math.floor((taken + refused) / 2);
    if (fitsAt(largest - middle * STEP, frame, scaled)) taken = middle;
    else refused = middle;
  }
  const size = largest - taken * STEP;
  scaled.style.setProperty("--k", size.toFixed(2));
  return size;
}

/** The number of columns with which it can be drawn largest; returns that size. */
export function fitColumns(frame: HTMLElement, scaled: HTMLElement, choices: number[], largest: number): number {
  let best = { columns: choices[0] ?? 1, size: 0 };
  for (const columns of choices) {
    scaled.style.setProperty("--columns", String(columns));
    if (best.size > 0 && !fitsAt(best.size + STEP, frame, scaled)) continue;
    const size = fitInto(frame, scaled, largest);
    if (size > best.size + 0.001) best = { columns, size };
  }
  scaled.style.setProperty("--columns", String(best.columns));
  scaled.style.setProperty("--k", best.size.toFixed(2));
  return best.size;
}

/** As fitColumns; where names would be smaller than `readable`, what stands below them makes room (data-lean). Returns the size. */
export function fitNames(frame: HTMLElement, scaled: HTMLElement, choices: number[], largest: number, readable: number): number {
  scaled.removeAttribute("data-lean");
  const size = fitColumns(frame, scaled, choices, largest);
  if (size >= readable - NEAR) return size;
  scaled.setAttribute("data-lean", "");
  return fitColumns(frame, scaled, choices, largest);
}

/** As fitNames; what even so could not be read is parted into as few pages as can be, all drawn in one size. Returns the pages, of which
 * the first is left standing; none where everything is seen at once. */
export function fitPages(frame: HTMLElement, list: HTMLElement, columns: (count: number) => number[], largest: number, readable: number): HTMLElement[][] {
  const items = [...list.children] as HTMLElement[];
  let pages: HTMLElement[][] = [];
  showOnly(list, items);
  list.classList.add("is-measured");
  const isUpright = window.innerHeight > window.innerWidth;
  const whole = fitNames(frame, list, columns(items.length), largest, readable) >= readable - NEAR;
  for (let count = 2; !whole && !isUpright && count <= Math.min(MOST_PAGES, items.length); count += 1) {
    pages = inPages(items, count);
    if (fitAll(frame, list, pages, columns, largest, readable)) break;
  }
  list.classList.remove("is-measured");
  showOnly(list, pages[0] ?? items);
  return pages;
}

/** Whether every page can be read in the size that fits the fullest of them. */
function fitAll(frame: HTMLElement, list: HTMLElement, pages: HTMLElement[][], columns: (count: number) => number[], largest: number, readable: number): boolean {
  const [first, ...others] = pages;
  showOnly(list, first ?? []);
  let size = fitNames(frame, list, columns(first?.length ?? 0), largest, readable);
  for (const page of size < readable - NEAR ? [] : others) {
    showOnly(list, page);
    size = fitInto(frame, list, size);
  }
  return size >= readable - NEAR;
}

/** Of all in the list these are seen. */
export function showOnly(list: HTMLElement, some: readonly Element[]): void {
  for (const item of list.children) (item as HTMLElement).hidden = !some.includes(item);
}
