// Where an item of the agenda stands, in minutes of a day's grid: pure, so that it is tested without a page.

export interface Spot {
  /** Minutes from the beginning of the grid. */
  from: number;
  until: number;
  venues: string[];
}

export const STEP = 5;
const SHORTEST = 5;
const LONGEST = 24 * 60;

export function snap(minutes: number): number {
  return Math.round(minutes / STEP) * STEP;
}

/** Moved by some minutes, within the grid; an item longer than what is left of it stays where it ends. */
export function movedBy(spot: Spot, minutes: number, most: number): Spot {
  const by = Math.max(-spot.from, Math.min(minutes, Math.max(0, most - spot.until)));
  return { ...spot, from: spot.from + by, until: spot.until + by };
}

/** With another end: never before its beginning, never beyond a day. */
export function stretchedBy(spot: Spot, minutes: number, most: number): Spot {
  const until = Math.max(spot.from + SHORTEST, Math.min(spot.until + minutes, Math.max(most, spot.until), spot.from + LONGEST));
  return { ...spot, until };
}

const NEAR_PX = 40;
const FASTEST_PX = 12;

/** How far to scroll in a frame for a pointer at `at` between two edges: the nearer to one, the faster; else not at all. */
export function pull(at: number, first: number, last: number): number {
  const before = first + NEAR_PX - at;
  const behind = at - (last - NEAR_PX);
  const by = Math.min(FASTEST_PX, Math.ceil(Math.max(before, behind, 0) / 3));
  return before > behind ? -by + 0 : by;
}

/** In another column; what happens in several venues at once stays in all of them. */
export function inVenue(spot: Spot, venue: string): Spot {
  return spot.venues.length === 1 ? { ...spot, venues: [venue] } : spot;
}

export function isSame(a: Spot, b: Spot): boolean {
  return a.from === b.from && a.until === b.until && a.venues.join(" ") === b.venues.join(" ");
}

/** Runs of neighbouring columns (from 0) that an item covers: a joint item is one broad card where it can be. */
export function runs(columns: readonly string[], venues: readonly string[]): { first: number; span: number }[] {
  const found: { first: number; span: number }[] = [];
  columns.forEach((column, at) => {
    if (!venues.includes(column)) return;
    const last = found.at(-1);
    if (last && last.first + last.span === at) last.span += 1;
    else found.push({ first: at, span: 1 });
  });
  return found;
}

/** For each item how many of those before it, in one of its columns, are not over when it begins: they lie side by side. */
export function lanes(spots: readonly Spot[]): number[] {
  const found: number[] = [];
  spots.forEach((spot, at) => {
    const taken = spots
      .slice(0, at)
      .flatMap((other, n) => (other.until > spot.from && other.from < spot.until && other.venues.some((v) => spot.venues.includes(v)) ? [found[n] ?? 0] : []));
    let lane = 0;
    while (taken.includes(lane)) lane += 1;
    found.push(lane);
  });
  return found;
}
