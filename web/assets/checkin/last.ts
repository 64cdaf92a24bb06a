// Whom this door has answered last, newest first: kept on the phone, so that a reload forgets nobody.

import type { Keep } from "./keep.js";
import type { Shown } from "./answer.js";

const MOST = 20;
const KEY = "last";

export interface LastScan {
  at: number;
  said: Shown;
}

interface Kept {
  /** Whose they are: another door's, or yesterday's, are not shown. */
  door: string;
  scans: LastScan[];
}

export interface Last {
  readonly scans: LastScan[];
  add(scan: LastScan): Promise<void>;
  /** The newest was taken back. */
  drop(): Promise<void>;
}

export async function openLast(keep: Pick<Keep, "get" | "put">, door: string): Promise<Last> {
  const kept = await keep.get<Kept>(KEY);
  let scans = kept?.door === door ? kept.scans : [];
  const change = (next: LastScan[]): Promise<void> => {
    scans = next;
    return keep.put(KEY, { door, scans } satisfies Kept);
  };
  return {
    get scans() {
      return scans;
    },
    add: (scan) => change([scan, ...scans].slice(0, MOST)),
    drop: () => change(scans.slice(1)),
  };
}
