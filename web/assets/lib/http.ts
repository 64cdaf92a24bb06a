// Requests to our own server: CSRF header, refusals as values with words, patience when the network is gone.

import { backoffDelay, follower, pause } from "./backoff.js";
import { onTheLine } from "./line.js";

export interface Problem {
  path: string;
  code: string;
  message: string;
}

/** The server said no, in words: `message` is what happened, `next` what to do. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly next: string,
    readonly problems: Problem[] = [],
    readonly retryAfter: number | null = null,
  ) {
    super(message);
    this.name = "Refused";
  }
}

/** No answer came: the network is gone, or the server is. */
export class Unreachable extends Error {}

export interface HttpWords {
  unknown: string;
  unknownNext: string;
}

export interface HttpOptions {
  csrf: () => string;
  words: HttpWords;
  /** Called with what is being waited for while no answer comes, and with null when one came. */
  waiting?: (what: string | null) => void;
  fetch?: typeof fetch;
  random?: () => number;
}

export interface RequestOptions {
  /** Words for the offline banner; a request without them fails at once instead of waiting. */
  patiently?: string;
  signal?: AbortSignal;
}

const LIMITS = { first: 600, most: 3_000 };
const TIMEOUT_MS = 45_000;
// A proxy in front of a restarting server answers these itself: the request never reached us.
const NOT_THERE = new Set([502, 503, 504]);

export interface Http {
  get<T>(url: string, options?: RequestOptions): Promise<T>;
  post<T>(url: string, body: unknown, options?: RequestOptions): Promise<T>;
  bytes(url: string, options?: RequestOptions): Promise<Uint8Array<ArrayBuffer>>;
  text(url: string, options?: RequestOptions): Promise<string>;
}

async function refusalFrom(response: Response, words: HttpWords): Promise<Refused> {
  const retry = Number(response.headers.get("retry-after"));
  const wait = Number.isFinite(retry) && retry > 0 ? retry : null;
  const body = (await response.json().catch(() => null)) as { error?: Record<string, unknown> } | null;
  const error = body?.error;
  if (!error) return new Refused(response.status, `http_${response.status}`, words.unknown, words.unknownNext, [], wait);
  return new Refused(
    response.status,
    String(error["code"] ?? `http_${response.status}`),
    String(error["message"] ?? words.unknown),
    String(error["next"] ?? ""),
    (error["problems"] as Problem[] | undefined) ?? [],
    wait,
  );
}

export function createHttp(options: HttpOptions): Http {
  const send = options.fetch ?? ((input, init) => fetch(input, init));

  // One attempt, body included: a connection may break between the headers and the last byte.
  async function once<T>(url: string, init: RequestInit, read: (r: Response) => Promise<T>, outer?: AbortSignal): Promise<T> {
    const { controller, release } = follower(outer);
    const limit = setTimeout(() => controller.abort(), TIMEOUT_MS);
    let hangUp = (): unknown => undefined;
    try {
      hangUp = onTheLine(controller);
      const response = await send(url, { ...init, credentials: "same-origin", signal: controller.signal });
      if (NOT_THERE.has(response.status) && !(response.headers.get("content-type") ?? "").includes("json")) {
        throw new Unreachable(`HTTP ${response.status}`);
      }
      if (!response.ok) throw await refusalFrom(response, options.words);
      return await read(response);
    } catch (reason) {
      if (reason instanceof Refused || reason instanceof Unreachable || outer?.aborted) throw reason;
      throw new Unreachable(String(reason));
    } finally {
      clearTimeout(limit);
      hangUp();
      release();
    }
  }

  async function attempt<T>(url: string, init: RequestInit, read: (r: Response) => Promise<T>, how: RequestOptions): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        const value = await once(url, init, read, how.signal);
        if (tries > 0) options.waiting?.(null);
        return value;
      } catch (reason) {
        if (!(reason instanceof Unreachable) || how.patiently === undefined) {
          if (tries > 0) options.waiting?.(null);
          throw reason;
        }
        options.waiting?.(how.patiently);
        await pause(backoffDelay(tries, LIMITS, options.random), how.signal);
      }
    }
  }

  return {
    get: (url, how = {}) => attempt(url, { headers: { Accept: "application/json" } }, (r) => r.json(), how),
    post: (url, body, how = {}) =>
      attempt(
        url,
        {
          method: "POST",
          headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": options.csrf() },
          body: JSON.stringify(body),
        },
        (r) => r.json(),
        how,
      ),
    bytes: (url, how = {}) => attempt(url, {}, async (r) => new Uint8Array(await r.arrayBuffer()), how),
    text: (url, how = {}) => attempt(url, {}, (r) => r.text(), how),
  };
}
