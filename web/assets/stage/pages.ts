// More agreements than the last row of a hall could read at once are shown in pages that turn by themselves.

const TURN_AFTER_MS = 9000;

/** In the same order, in `count` parts as equal as can be, the larger ones first. */
export function inPages<T>(all: readonly T[], count: number): T[][] {
  const least = Math.floor(all.length / count);
  const larger = all.length % count;
  let at = 0;
  return Array.from({ length: count }, (_, page) => all.slice(at, (at += least + (page < larger ? 1 : 0))));
}

export interface Pages<T> {
  /** Other pages from now on; none: everything is seen at once. */
  set(pages: T[][]): void;
  /** Turn to the page that has it, and stay there as long as on any. */
  turnTo(has: (each: T) => boolean): void;
}

/** `show` is called with each page that comes up, its number and how many there are. */
export function turningPages<T>(show: (page: T[], number: number, count: number) => void): Pages<T> {
  let pages: T[][] = [];
  let at = 0;
  let timer = 0;

  function turn(to: number): void {
    at = to;
    show(pages[at] ?? [], at + 1, pages.length);
    stay();
  }

  function stay(): void {
    window.clearTimeout(timer);
    if (pages.length > 1) timer = window.setTimeout(() => turn((at + 1) % pages.length), TURN_AFTER_MS);
  }

  return {
    set: (next) => {
      pages = next;
      at = Math.min(at, Math.max(0, pages.length - 1));
      if (pages.length > 1) return turn(at);
      window.clearTimeout(timer);
    },
    turnTo: (has) => {
      const found = pages.findIndex((page) => page.some(has));
      if (found < 0) return;
      if (found === at) stay();
      else turn(found);
    },
  };
}
