// What makes room for names in the picture of the agreements. Pure.

import { signatureCount, type StageState } from "./model.js";

/** Values of data-spared, each tried after the other: the parties beside the clocks, whose names stand in the cards; the codes of small
 * cards; the agreements that the live cue does not call; all that is said twice. `paged`: where even so it could not be read. */
export interface Spared {
  steps: string[];
  paged: string;
}

const LED = { steps: ["", "names", "names codes", "names codes others", "names codes others twice"], paged: "names codes others" };
// Without a cue sheet the same-record codes have no picture of their own: they stay until the first signature.
const UNLED = { steps: ["", "names", "names twice"], paged: "names twice" };
const UNLED_LATER = { steps: ["", "names", "names codes", "names codes twice"], paged: "names codes" };

export function spared(state: StageState): Spared {
  if (state.cue) return LED;
  return signatureCount(state).done > 0 ? UNLED_LATER : UNLED;
}
