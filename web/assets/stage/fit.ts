// How large something is drawn: as large as its frame has room for.

/** Sets --k on `scaled` to the largest of the sizes at which `frame` holds all of it; on an upright phone the page scrolls instead. */
export function fitInto(frame: HTMLElement, scaled: HTMLElement, largest: number, smallest = 0.3, step = 0.05): number {
  for (let size = largest; size >= smallest; size -= step) {
    scaled.style.setProperty("--k", size.toFixed(2));
    const fits = frame.scrollHeight <= frame.clientHeight + 1 && frame.scrollWidth <= frame.clientWidth + 1;
    if (fits || window.innerHeight > window.innerWidth) return size;
  }
  return smallest;
}

/** The number of columns with which it can be drawn largest; returns that size. */
export function fitColumns(frame: HTMLElement, scaled: HTMLElement, choices: number[], largest: number): number {
  let best = { columns: choices[0] ?? 1, size: 0 };
  for (const columns of choices) {
    scaled.style.setProperty("--columns", String(columns));
    const size = fitInto(frame, scaled, largest);
    if (size > best.size + 0.001) best = { columns, size };
  }
  scaled.style.setProperty("--columns", String(best.columns));
  scaled.style.setProperty("--k", best.size.toFixed(2));
  return best.size;
}

/** As fitColumns; where names would be smaller than `readable`, what stands below them makes room (data-lean). */
export function fitNames(frame: HTMLElement, scaled: HTMLElement, choices: number[], largest: number, readable: number): void {
  scaled.removeAttribute("data-lean");
  if (fitColumns(frame, scaled, choices, largest) >= readable) return;
  scaled.setAttribute("data-lean", "");
  fitColumns(frame, scaled, choices, largest);
}
