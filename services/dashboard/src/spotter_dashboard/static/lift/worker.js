// The service worker: caches the page's shell, so that it opens without a network. The server prepends VERSION and
// FILES: a new version caches its own files and deletes the older ones. No data of lifters is cached.

const CACHE = `spotter-lift-${VERSION}`;
const SHELL = "/lift/shell";
const WAIT_MS = 3000; // for a page from the network, before the cached one is shown

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([SHELL, ...FILES].map((address) => new Request(address, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("spotter-lift-") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && address.pathname === "/lift") event.respondWith(page(request));
  else if (FILES.includes(address.pathname)) event.respondWith(kept(request, address.pathname));
});

async function page(request) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), WAIT_MS);
  try {
    const answer = await fetch(request, { signal: stop.signal });
    if (answer.status < 500) return answer;
  } catch {
    // no network, or too slow: show the cached page
  } finally {
    clearTimeout(timer);
  }
  return (await caches.match(SHELL)) ?? Response.error();
}

async function kept(request, path) {
  return (await (await caches.open(CACHE)).match(path)) ?? fetch(request);
}
