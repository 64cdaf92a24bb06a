// An observer who waits for the first picture: the page asks for itself until it is another one.

import "./base.js";

const ASK_EVERY_MS = 3000;

async function ask(): Promise<void> {
  const answer = await fetch(window.location.href, { cache: "no-store" }).catch(() => null);
  const waits = !answer || answer.status >= 500 || (answer.ok && (await answer.text()).includes("data-observe-wait"));
  if (!waits) return window.location.reload();
  window.setTimeout(() => void ask(), ASK_EVERY_MS);
}

window.setTimeout(() => void ask(), ASK_EVERY_MS);
