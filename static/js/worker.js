// The worker behind the pages: it serves what the device keeps when the network does not, and shows notices.
// What may be kept is decided by the server and written down by offline.js; this file only reads it:
//   shell         style sheets, scripts, fonts and the page that says "no network"; the same for everyone
//   kept:PERSON   pages, pictures and words of the papers that person keeps; each answer says in x-kept-until how long
const shell = "shell";
const offlinePage = "/offline";
const slow = 6000; // ms; after that a copy on the device is better than waiting

self.addEventListener("install", (event) => {
  event.waitUntil(fill().catch(() => {}).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page for no network and everything it needs, asked for as nobody.
async function fill() {
  const cache = await caches.open(shell);
  const page = await fetch(offlinePage, { credentials: "omit", cache: "no-store" });
  const html = await page.clone().text();
  await cache.put(offlinePage, page);
  const assets = new Set(["/static/icons.svg"]);
  for (const [, address] of html.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)) assets.add(address.replace(/&amp;/g, "&"));
  for (const address of [...assets]) {
    const asset = await fetch(address);
    if (!asset.ok) continue;
    if (/\.css/.test(address)) {
      for (const [, font] of (await asset.clone().text()).matchAll(/url\(\.?\/?([^)]+\.woff2)\)/g)) assets.add("/static/" + font);
    }
    await cache.put(address, asset);
  }
  for (const address of assets) {
    if (/\.woff2$/.test(address)) await fetch(address).then((font) => font.ok && cache.put(address, font)).catch(() => {});
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) return event.respondWith(asset(request, url));
  if (/^\/papers\/[^/]+\/(pages\/\d+|text)$/.test(url.pathname)) return event.respondWith(part(request, url));
  if (/^\/papers\/[^/]+\/annotations$/.test(url.pathname)) return event.respondWith(fresh(request, url));
  if (request.mode === "navigate") return event.respondWith(page(event, request, url));
  return undefined;
});

// An address with a version never changes its content.
async function asset(request, url) {
  const cache = await caches.open(shell);
  if (url.search || /\.woff2$/.test(url.pathname)) {
    const found = await cache.match(request.url);
    if (found) return found;
  }
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    const found = await cache.match(request.url, { ignoreSearch: true });
    if (found) return found;
    throw error;
  }
}

// The one cache of a person, if anything is kept.
async function kept() {
  const name = (await caches.keys()).find((one) => one.startsWith("kept:"));
  return name ? caches.open(name) : null;
}

// What the device keeps under an address, unless its time is over.
async function find(cache, address, options) {
  const found = cache && (await cache.match(address, { ignoreVary: true, ...options }));
  if (!found) return null;
  if (Number(found.headers.get("x-kept-until")) > Date.now()) return found;
  await cache.delete(address, options);
  return null;
}

async function put(cache, address, answer, until) {
  const headers = new Headers(answer.headers);
  headers.set("x-kept-until", String(until));
  const body = await answer.blob();
  await cache.put(address, new Response(body, { status: 200, headers }));
}

// The kept page of the paper an address belongs to, by which its parts are kept too.
const paperOf = (cache, url) => find(cache, url.pathname.split("/").slice(0, 3).join("/"));

// Pictures and words of pages: the same for ever, so the device's own come first.
async function part(request, url) {
  const cache = await kept();
  const paper = cache && (await paperOf(cache, url));
  if (!paper) return fetch(request);
  const address = url.pathname + url.search;
  const found = await find(cache, address);
  if (found) return found;
  try {
    const answer = await fetch(request);
    if (answer.ok) await put(cache, address, answer.clone(), paper.headers.get("x-kept-until"));
    return answer;
  } catch (error) {
    // A picture of another width is better than none.
    const other = /\/pages\//.test(url.pathname) && (await find(cache, url.pathname, { ignoreSearch: true }));
    if (other) return other;
    throw error;
  }
}

// One's notes: as they are on the server, else as they last were.
async function fresh(request, url) {
  const cache = await kept();
  const paper = cache && (await paperOf(cache, url));
  try {
    const answer = await fetch(request);
    if (paper && answer.ok) await put(cache, url.pathname, answer.clone(), paper.headers.get("x-kept-until"));
    return answer;
  } catch (error) {
    const found = paper && (await find(cache, url.pathname));
    if (found) return found;
    throw error;
  }
}

// Pages: the server's, so that no old state passes for the present one. The device's only when the network fails.
async function page(event, request, url) {
  const cache = await kept();
  const own = await find(cache, url.pathname);
  const network = fetch(request).then(async (answer) => {
    if (own && answer.ok && !answer.redirected && answer.type === "basic") {
      await put(cache, url.pathname, answer.clone(), own.headers.get("x-kept-until")).catch(() => {});
    }
    return answer;
  });
  if (!own) return network.catch(() => caches.match(offlinePage).then((found) => found || Response.error()));
  let timer;
  const late = new Promise((resolve) => { timer = setTimeout(resolve, slow, own); });
  event.waitUntil(network.catch(() => {}));
  return Promise.race([network.catch(() => own), late]).finally(() => clearTimeout(timer));
}

// A message from the service, which only this device can read. One that comes twice shows once: its id is its tag.
self.addEventListener("push", (event) => {
  let message = {};
  try {
    message = event.data.json();
  } catch (error) {
    // The browser asks for something to be shown; the page tells the rest.
  }
  const { title = "E-cabinet", id = "notice", link = "/notices" } = message;
  event.waitUntil(self.registration.showNotification(title, { tag: id, icon: "/static/mark.svg", data: { link } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { link } = event.notification.data;
  // Never anywhere but here.
  const address = new URL(link, location.origin);
  if (address.origin === location.origin) event.waitUntil(self.clients.openWindow(address.href));
});
