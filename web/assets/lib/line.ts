// The page's line to the server, as its requests and its stream know it: it can be cut for practice (lib/drill.ts). What
// is under way then breaks off as it would with the network, and nothing new gets out.

const underWay = new Set<AbortController>();
let cut = false;

export class LineCut extends Error {}

export function isCut(): boolean {
  return cut;
}

/** A request that is about to be sent; throws LineCut where there is no line. Returns how it is let go of. */
export function onTheLine(controller: AbortController): () => void {
  if (cut) throw new LineCut("the line is cut for practice");
  underWay.add(controller);
  return () => underWay.delete(controller);
}

export function cutLine(): void {
  cut = true;
  for (const controller of [...underWay]) controller.abort(new LineCut("the line is cut for practice"));
  underWay.clear();
}

export function mendLine(): void {
  cut = false;
}
