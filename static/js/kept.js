// The cache of what one person keeps on this device. It bears the person's name, and there is never more than one.
const start = "kept:";
export const canKeep = () => "caches" in window && "serviceWorker" in navigator && window.isSecureContext;

export async function openKept(person) {
  for (const name of await caches.keys()) {
    if (name.startsWith(start) && name !== start + person) await caches.delete(name);
  }
  return caches.open(start + person);
}

const until = (answer) => Number(answer.headers.get("x-kept-until")) || 0;
const local = (address) => new URL(address, location.href);
export const paperPath = (path) => path.split("/").slice(0, 3).join("/");

// Fetches what stands under an address and keeps it. False: the server did not give it.
export async function keep(cache, address, time) {
  const url = local(address);
  const found = await cache.match(url.pathname + url.search, { ignoreVary: true });
  if (found && until(found) >= time && /\/(pages|text)/.test(url.pathname)) return true;
  const answer = await fetch(url.href, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return false;
  const headers = new Headers(answer.headers);
  headers.set("x-kept-until", String(time));
  const isPage = !/\/(pages|text)/.test(url.pathname);
  await cache.put(isPage ? url.pathname : url.pathname + url.search, new Response(await answer.blob(), { status: 200, headers }));
  return true;
}

// Takes away everything of a paper or meeting.
export async function drop(cache, path) {
  for (const request of await cache.keys()) {
    const { pathname } = local(request.url);
    if (pathname === path || pathname.startsWith(path + "/")) await cache.delete(request);
  }
}

// Takes away what the server does not list any more, and what is over.
export async function tidy(cache, listed) {
  const allowed = new Set([...listed.papers, ...listed.meetings].map((one) => one.url));
  for (const request of await cache.keys()) {
    const { pathname } = local(request.url);
    const owner = pathname === "/" || pathname.startsWith("/kept/") ? null : paperPath(pathname);
    const answer = await cache.match(request, { ignoreVary: true });
    if ((owner && !allowed.has(owner)) || !answer || until(answer) <= Date.now()) await cache.delete(request);
  }
}

// Everything this device keeps of anybody, drafts and unsent notes included. True: there was something.
export async function wipe() {
  let found = 0;
  if (canKeep()) {
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    for (const name of await caches.keys()) found += Number(await caches.delete(name));
  }
  try {
    const names = Object.keys(localStorage).filter((name) => /^(notes:|draft:)/.test(name));
    for (const name of names) localStorage.removeItem(name);
    found += names.length;
    sessionStorage.clear();
  } catch { /* storage is forbidden: nothing was kept */ }
  return found > 0;
}

// True when something of the person has not reached the server: a note, a typed text, a secret ballot not yet cast.
export function hasUnsent(person) {
  try {
    return Object.keys(localStorage).some((name) => name.startsWith("draft:") || name.startsWith(`notes:${person}:`)
      || (name.startsWith("ballot-paper:") && !(JSON.parse(localStorage.getItem(name)) || {}).cast));
  } catch {
    return false;
  }
}
