// What comes after what, as values: in which row each stands, and what moving it to another row means.

export type Order = ReadonlyMap<string, readonly string[]>;

/** The row of each: one below the deepest that it comes after. The server keeps circles out. */
export function rowsOf(order: Order): Map<string, number> {
  const found = new Map<string, number>();
  const find = (key: string, seen: readonly string[]): number => {
    const known = found.get(key);
    if (known !== undefined) return known;
    const before = (order.get(key) ?? []).filter((each) => order.has(each) && !seen.includes(each));
    const row = Math.max(-1, ...before.map((each) => find(each, [...seen, key]))) + 1;
    found.set(key, row);
    return row;
  };
  for (const key of order.keys()) find(key, []);
  return found;
}

/**
 * What `key` comes after once it stands in `row`: what stands above that row stays, and where nothing of the row just
 * above is among it, the nearest there joins (`near`: the others, nearest first).
 */
export function afterInRow(key: string, row: number, order: Order, near: readonly string[]): string[] {
  const without = new Map([...order].filter(([each]) => each !== key));
  const rows = rowsOf(without);
  const kept = (order.get(key) ?? []).filter((each) => (rows.get(each) ?? row) < row);
  if (row === 0) return [];
  if (kept.some((each) => rows.get(each) === row - 1)) return kept;
  const next = near.find((each) => each !== key && rows.get(each) === row - 1);
  return next === undefined ? kept : [...kept, next];
}

export function isSameOrder(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}
