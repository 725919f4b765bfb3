// Keeps a person's annotations of one version: what the server has, and over it what this device has not sent yet.
// Each change lies in local storage under its own name until the server has acknowledged it, so that neither a closed lid
// nor a dead network loses a stroke, and two tabs do not overwrite each other's.
const prefix = (person, version) => `notes:${person}:${version}:`;
const longest = 60000;
const batch = 50;

export function annotationSync({ url, person, version, changed, gone, newer }) {
  const known = new Map();   // id → annotation as it stands, our own changes included
  let lost = [];
  let refused = 0;
  let sending = false;
  let timer = null;
  let wait = 2000;
  const memory = new Map();  // for browsers that forbid storage
  const home = prefix(person, version);

  function pending() {
    const found = new Map(memory);
    for (const [key, text] of stored(home)) {
      try { found.set(key.slice(home.length), JSON.parse(text)); } catch { forget(key); }
    }
    return found;
  }

  function put(change) {
    const text = JSON.stringify(change);
    try { localStorage.setItem(home + change.id, text); memory.delete(change.id); } catch { memory.set(change.id, change); }
  }

  function overlay() {
    for (const change of pending().values()) {
      if (change.deleted) known.delete(change.id);
      else known.set(change.id, { ...(known.get(change.id) || {}), ...change });
    }
  }

  function take(listed) {
    known.clear();
    for (const one of listed.annotations) known.set(one.id, one);
    lost = listed.lost;
    const waiting = pending();
    lost = lost.filter((one) => !(waiting.get(one.id) || {}).deleted);
    overlay();
    if (listed.newest) newer(listed.newest);
    changed();
  }

  async function load() {
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "manual", cache: "no-store" });
      if (response.status === 404) return gone();
      if (!response.ok) throw new Error("not loaded");
      take(await response.json());
    } catch {
      overlay();
      changed();
    }
    return undefined;
  }

  // The change is on this device when this returns; sending follows.
  function save(annotation, { deleted = false } = {}) {
    const { id, kind, page, shape, text = "", revision = 0 } = annotation;
    const waiting = pending().get(id);
    const change = { id, kind, page, shape: shape || {}, text, revision: waiting ? waiting.revision : revision, deleted };
    put(change);
    if (deleted) {
      known.delete(id);
      lost = lost.filter((one) => one.id !== id);
    } else {
      known.set(id, { ...(known.get(id) || {}), ...change });
    }
    changed();
    soon(0);
  }

  function soon(after) {
    clearTimeout(timer);
    timer = setTimeout(send, after);
  }

  async function send() {
    if (sending) return;
    const changes = [...pending().values()].slice(0, batch);
    if (!changes.length) return;
    sending = true;
    let again = true;
    try {
      const status = await post(changes);
      if (status === 404) { again = false; gone(); }
      else if (status === 422 || status === 409) again = await oneByOne(changes);
      else if (status !== 200) throw new Error("not saved");
      wait = 2000;
    } catch {
      wait = Math.min(wait * 2, longest);
    }
    sending = false;
    changed();
    if (again && pending().size > refused) soon(wait === 2000 ? 0 : wait);
  }

  // One bad change must not hold back the others.
  async function oneByOne(changes) {
    refused = 0;
    for (const change of changes) {
      const status = await post([change]);
      if (status === 422 || status === 409) refused += 1;
    }
    return pending().size > refused;
  }

  async function post(changes) {
    const response = await sendChanges(url, changes);
    if (response.status !== 200) return response.status;
    const { saved } = await response.json();
    for (const one of saved) settle(changes.find((change) => change.id === one.id), one);
    return 200;
  }

  function settle(sent, saved) {
    const waiting = pending().get(saved.id);
    const isNewer = waiting && JSON.stringify(waiting) !== JSON.stringify(sent);
    if (isNewer) put({ ...waiting, revision: saved.revision });
    else { forget(home + saved.id); memory.delete(saved.id); }
    const mine = known.get(saved.id);
    if (saved.deleted) known.delete(saved.id);
    else if (mine && !isNewer) Object.assign(mine, { revision: saved.revision, text: saved.text });
  }

  window.addEventListener("online", () => { wait = 2000; soon(0); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(0); });

  return {
    load,
    save,
    all: () => [...known.values()],
    of: (page) => [...known.values()].filter((one) => one.page === page),
    get: (id) => known.get(id),
    lost: () => lost,
    waiting: () => pending().size,
    refused: () => refused,
    retry: () => soon(0),
  };
}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function sendChanges(url, changes) {
  const body = JSON.stringify({ changes });
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  return fetch(url, { method: "POST", body, headers, credentials: "same-origin", redirect: "manual" });
}

function stored(start) {
  const found = [];
  try {
    for (let at = 0; at < localStorage.length; at += 1) {
      const key = localStorage.key(at);
      if (key.startsWith(start) && !key.endsWith(":draft")) found.push([key, localStorage.getItem(key)]);
    }
  } catch { /* storage is forbidden */ }
  return found;
}

function forget(key) {
  try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
}

// Sends what any page of this device left behind for this person, but for the version that is open: its page sends its own,
// and must learn the revisions. True: nothing is left.
export async function sendLeftovers(person, open = null) {
  const start = `notes:${person}:`;
  const byVersion = new Map();
  for (const [key, text] of stored(start)) {
    const version = key.slice(start.length).split(":")[0];
    if (version === open) continue;
    const list = byVersion.get(version) || [];
    list.push([key, text]);
    byVersion.set(version, list);
  }
  for (const [version, list] of byVersion) {
    for (let at = 0; at < list.length; at += batch) {
      const part = list.slice(at, at + batch);
      const response = await sendChanges(`/papers/${version}/annotations`, part.map(([, text]) => JSON.parse(text))).catch(() => null);
      if (!response || response.status !== 200) continue;
      for (const [key, text] of part) if (localStorage.getItem(key) === text) forget(key);
    }
  }
  return !stored(start).length;
}
