// Waiting between attempts: exponential with full jitter, so that a hall of screens does not come back in one beat.

export interface BackoffLimits {
  first: number;
  most: number;
}

/** Milliseconds before attempt `n` (0-based): between half and all of min(most, first · 2^n). */
export function backoffDelay(attempt: number, limits: BackoffLimits, random: () => number = Math.random): number {
  const ceiling = Math.min(limits.most, limits.first * 2 ** Math.min(attempt, 30));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}

/** A controller that follows `outer` and can also be aborted by itself (AbortSignal.any is missing before Chrome 116, Safari 17.4). */
export function follower(outer?: AbortSignal): { controller: AbortController; release: () => void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort(outer?.reason);
  if (outer?.aborted) stop();
  outer?.addEventListener("abort", stop);
  return { controller, release: () => outer?.removeEventListener("abort", stop) };
}

/** Resolves after `ms`, or at once when the browser says that it is back online; rejects when aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", finish);
      signal?.removeEventListener("abort", stop);
      resolve();
    };
    const stop = (): void => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", finish);
      reject(signal?.reason ?? new DOMException("stopped", "AbortError"));
    };
    const timer = setTimeout(finish, ms);
    if (signal?.aborted) return stop();
    globalThis.addEventListener?.("online", finish);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
