// The service worker of /door/: keeps the page and its files, so that check-in opens without a network. It answers
// nothing of /door/api/: what is said of people always comes from the page's own list or from the server.

interface WorkerEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}

interface FetchEvent extends WorkerEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface WorkerScope {
  /** Put before this script by the server: the files of this build. */
  readonly DOOR_FILES: { build: string; files: string[] };
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
  skipWaiting(): Promise<void>;
  addEventListener(kind: "install" | "activate", act: (event: WorkerEvent) => void): void;
  addEventListener(kind: "fetch", act: (event: FetchEvent) => void): void;
}

const worker = self as unknown as WorkerScope;
const { build, files } = worker.DOOR_FILES;
const CACHE = `door-${build}`;
const PAGE = "/door/";
const PATIENCE_MS = 4000;

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(files);
  await keepPage(cache);
  await worker.skipWaiting();
}

/** The page with the headers that it came with: its policy names the nonce of its own scripts. */
async function keepPage(cache: Cache): Promise<void> {
  const page = await fetch(PAGE, { credentials: "same-origin", cache: "no-store" });
  if (page.ok) await cache.put(PAGE, page);
}

async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith("door-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The newest page where the network answers soon, else the kept one. */
async function page(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const fresh = await fetch(request.url, { credentials: "same-origin", cache: "no-store", signal: stop.signal });
    if (!fresh.ok) throw new TypeError(`HTTP ${fresh.status}`);
    // A page of the next build needs files that the next worker keeps, with that page.
    if ((await fresh.clone().text()).includes(`data-build="${build}"`)) await cache.put(PAGE, fresh.clone());
    return fresh;
  } catch {
    const kept = await cache.match(PAGE);
    if (kept) return kept;
    throw new TypeError("the page was never kept");
  } finally {
    clearTimeout(timer);
  }
}

async function file(request: Request): Promise<Response> {
  return (await (await caches.open(CACHE)).match(request)) ?? fetch(request);
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== worker.location.origin) return;
  if (pathname === PAGE) event.respondWith(page(event.request));
  else if (pathname.startsWith("/static/")) event.respondWith(file(event.request));
});
