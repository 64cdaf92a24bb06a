// A stage without a stream: it asks for the whole state again and again, as observers' pages do.

import { Refused, type Http } from "../lib/http.js";
import type { Live, LiveState } from "../lib/live.js";

/** Calls back with each state that came; `onEnd` when the link holds no more. */
export function askAgain<T extends { seq: number }>(http: Http, url: () => string, everyMs: number, onState: (state: T) => void, onEnd: () => void): Live {
  let heard = Date.now();
  let state: LiveState = "connecting";
  let seq = 0;
  let timer = 0;
  let stopped = false;

  async function ask(): Promise<void> {
    try {
      const news = await http.get<T>(url());
      if (stopped) return;
      heard = Date.now();
      state = "connected";
      seq = news.seq;
      onState(news);
    } catch (reason) {
      if (reason instanceof Refused && [403, 410].includes(reason.status)) return onEnd();
      state = "lost";
    }
    if (!stopped) timer = window.setTimeout(() => void ask(), everyMs);
  }

  void ask();
  return {
    stop: () => {
      stopped = true;
      window.clearTimeout(timer);
    },
    heardSecondsAgo: () => Math.max(0, Math.round((Date.now() - heard) / 1000)),
    get seq() {
      return seq;
    },
    get state() {
      return state;
    },
  };
}
