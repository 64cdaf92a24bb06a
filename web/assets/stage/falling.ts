// How a signature falls into place, and that nothing of the movement is left when it is over.

function ends(move: Animation): boolean {
  return Number(move.effect?.getComputedTiming().endTime ?? 0) < Infinity;
}

/** Marks the element with `is-falling` until the movements that this starts, its own and those within it, are over or cut
 * off. A finished animation that stays in force keeps a layer of its own, which a browser may fail to draw: the end is
 * the natural style. Resolves then.
 */
export async function fallIntoPlace(root: HTMLElement): Promise<void> {
  root.classList.add("is-falling");
  const moves = root.getAnimations({ subtree: true }).filter(ends);
  await Promise.allSettled(moves.map((move) => move.finished));
  root.classList.remove("is-falling");
}
