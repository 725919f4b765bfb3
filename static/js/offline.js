// Reading without a network. Registers the worker, keeps the papers of today's and tomorrow's meetings, says what works while
// the network is gone, and takes from the device what its person may not have any more. Over plain http, where browsers allow
// no worker, only the banner and the sending of notes remain.
import { behaviour } from "./behaviour.js";
import { canKeep, drop, hasUnsent, keep, openKept, paperPath, tidy, wipe } from "./kept.js";
import { sendLeftovers } from "./annotations-sync.js";
import { unsubscribe } from "./push.js";
import { alarm, announce, icon, toast, words } from "./say.js";

const person = document.documentElement.getAttribute("data-person");
const soonAgain = 60000;  // ms between questions while the page is looked at
const small = 40;         // pages; a paper up to this long is kept once it was opened
const patience = 4000;    // ms to wait for unsent notes before signing out
let listed = null;        // what the server lets this device keep

const ready = start();

async function start() {
  if (canKeep() && person) navigator.serviceWorker.register("/worker.js").catch(() => {});
  await ask();
  const open = document.querySelector("[data-annotations-url]");
  if (person) sendLeftovers(person, open && open.getAttribute("data-version"));
}

async function ask() {
  let standing;
  try {
    const response = await fetch("/offline/standing", { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
    standing = await response.json();
  } catch {
    return showBanner();
  }
  hideBanner();
  if (standing.state === "revoked") return forgetAll();
  if (standing.state !== "in" || !canKeep()) return undefined;
  listed = standing;
  const cache = await openKept(standing.person);
  await tidy(cache, listed);
  document.dispatchEvent(new CustomEvent("keepable"));
  return keepThis(cache);
}

async function forgetAll() {
  if (await wipe()) toast(words("offline-wiped"), "good");
  // What is on screen is part of it.
  if (person) location.replace("/sign-in");
}

// The page on screen, if it is one of those that may be kept.
async function keepThis(cache) {
  const one = keepable(location.pathname);
  const tomorrow = Date.now() + 86400000;
  if (location.pathname === "/" && listed.meetings.length) await keep(cache, "/", Math.min(tomorrow, listed.meetings[listed.meetings.length - 1].until));
  if (!one) return;
  await keep(cache, location.pathname + location.search, one.until);
  if (one.pages && one.pages <= small) await keepPaper(one, () => {});
}

const keepable = (path) => listed && [...listed.papers, ...listed.meetings].find((one) => one.url === path);

// Keeps a whole paper, page by page, so that neither the network nor the server is flooded.
async function keepPaper(paper, told) {
  const cache = await openKept(person);
  if (!(await keep(cache, paper.url, paper.until))) return false;
  await keep(cache, paper.url + "/annotations", paper.until);
  const width = pictureWidth();
  for (let page = 1; page <= paper.pages; page += 1) {
    const done = (await keep(cache, `${paper.url}/pages/${page}?w=${width}`, paper.until)) && (await keep(cache, `${paper.url}/text?page=${page}`, paper.until));
    if (!done) return false;
    told(page, paper.pages);
  }
  return true;
}

// As reader.js asks for it on this screen with the page filling its width.
function pictureWidth() {
  const needed = Math.min(window.innerWidth, 1000) * Math.min(window.devicePixelRatio || 1, 1.5);
  return [640, 960, 1440, 1920].find((one) => one >= needed) || 1920;
}

// Whether all of a paper is there: its last page was the last to come.
async function isKept(paper) {
  const cache = await openKept(person);
  const pages = [...Array(paper.pages).keys()].map((at) => `${paper.url}/pages/${at + 1}`);
  const there = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  return pages.every((page) => there.has(page)) && there.has(paper.url);
}

// <button data-keep="/papers/…"> or, for all papers of a meeting, <button data-keep="/meetings/…">.
behaviour("[data-keep-offline]", (button) => {
  const path = paperPath(new URL(button.getAttribute("data-keep-offline"), location.href).pathname);
  const label = button.querySelector("span");
  let busy = false;
  const papers = () => (listed ? listed.papers.filter((one) => one.url === path || one.meeting === path) : []);

  function show(text, pressed) {
    label.textContent = text;
    button.setAttribute("aria-pressed", String(pressed));
    button.title = text;
  }

  async function look() {
    if (busy || !canKeep()) return;
    const all = papers();
    button.hidden = !all.length;
    if (!all.length) return;
    const kept = await Promise.all(all.map(isKept));
    const is = kept.every(Boolean);
    show(words(is ? "offline-kept-all" : "offline-keep"), is);
  }

  button.addEventListener("click", async () => {
    if (busy) return;
    busy = true;
    button.setAttribute("aria-busy", "true");
    const all = papers();
    const cache = await openKept(person);
    if (button.getAttribute("aria-pressed") === "true") for (const paper of all) await drop(cache, paper.url);
    else await keepAll(all, cache);
    busy = false;
    button.removeAttribute("aria-busy");
    await look();
    announce(label.textContent);
  });

  async function keepAll(all, cache) {
    const total = all.reduce((sum, paper) => sum + paper.pages, 0);
    let before = 0;
    try {
      for (const one of listed.meetings.filter((meeting) => all.some((paper) => paper.meeting === meeting.url))) await keep(cache, one.url, one.until);
      for (const paper of all) {
        const done = await keepPaper(paper, (page) => show(words("offline-keeping", { n: before + page, all: total }), false));
        if (!done) throw new Error("not kept");
        before += paper.pages;
      }
    } catch {
      toast(words("offline-keep-failed"), "bad");
    }
  }

  document.addEventListener("keepable", look);
  look();
});

// The list on the page that says "no network".
behaviour("[data-offline-list]", async (list) => {
  if (!("caches" in window)) return;
  const name = (await caches.keys()).find((one) => one.startsWith("kept:"));
  if (!name) return;
  const cache = await caches.open(name);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (!/^\/(papers|meetings)\/[^/]+$/.test(pathname)) continue;
    const html = await (await cache.match(request, { ignoreVary: true })).text();
    const title = new DOMParser().parseFromString(html, "text/html").querySelector("h1");
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.className = "button button--wide";
    link.href = pathname;
    const name = document.createElement("span");
    name.textContent = title ? title.textContent : pathname;
    link.append(icon(pathname.startsWith("/papers") ? "paper" : "meeting"), name);
    item.append(link);
    list.append(item);
  }
  document.querySelector("[data-offline-none]").hidden = list.children.length > 0;
});

function showBanner() {
  if (document.getElementById("offline")) return;
  const banner = document.createElement("div");
  banner.id = "offline";
  banner.className = "banner banner--offline";
  banner.setAttribute("data-own", "");
  const text = document.createElement("span");
  text.textContent = words("offline-banner");
  banner.append(icon("warn"), text);
  const reader = document.querySelector("[data-reader]");
  if (reader) reader.insertBefore(banner, reader.querySelector(".reader__middle"));
  else document.body.insertBefore(banner, document.querySelector(".frame"));
  alarm(text.textContent);
}

function hideBanner() {
  const banner = document.getElementById("offline");
  if (!banner || !banner.hasAttribute("data-own")) return;
  banner.remove();
  announce(words("offline-back"));
}

// A paper that is gone is gone from the device too.
document.addEventListener("paper-gone", async (event) => {
  if (canKeep() && person) await drop(await openKept(person), "/papers/" + event.detail);
});

// Signing out takes everything with it; what was typed and not sent is named first.
let warned = false;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!/^\/sign-out/.test(form.getAttribute("action") || "") || form.hasAttribute("data-leaving")) return;
  event.preventDefault();
  leave(form);
});

async function leave(form) {
  await Promise.race([sendLeftovers(person), new Promise((resolve) => { setTimeout(resolve, patience); })]).catch(() => {});
  if (hasUnsent(person) && !warned) {
    warned = true;
    toast(words("offline-unsent"), "bad");
    return;
  }
  // Whoever takes the device next is not told what is this person's.
  await Promise.race([unsubscribe(), new Promise((resolve) => { setTimeout(resolve, patience); })]).catch(() => {});
  await wipe().catch(() => {});
  form.setAttribute("data-leaving", "");
  form.submit();
}

window.addEventListener("offline", showBanner);
window.addEventListener("online", ask);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
setInterval(() => { if (!document.hidden) ask(); }, soonAgain);

export { ready };
