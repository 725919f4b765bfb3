// <form data-secret-ballot>: one mandate's ballot in a secret vote.
// As soon as the vote is open the page gets its paper, with the session; the ballot itself is cast later and without it.
// What the page holds, it holds on this device only: a paper until it is cast, afterwards no more than "cast".
import { behaviour } from "./behaviour.js";
import { blind, canBlind, freshCode, unblind } from "./blind-signature.js";
import { announce } from "./say.js";

const key = (form) => "ballot-paper:" + form.getAttribute("data-vote") + ":" + form.getAttribute("data-member");
// For browsers that keep nothing: then it lasts as long as the page.
const held = new Map();

function read(form) {
  if (held.has(key(form))) return held.get(key(form));
  try { return JSON.parse(localStorage.getItem(key(form))); } catch { return null; }
}

// `stored` is what outlives the page.
function keep(form, paper, stored = paper) {
  held.set(key(form), paper);
  try { localStorage.setItem(key(form), JSON.stringify(stored)); } catch { /* kept in memory */ }
}

// What each ballot's form says now; a refreshed page must not forget it.
const states = new Map();

// Each text of the form names the states in which it stands.
function show(form, state) {
  const before = states.get(key(form));
  states.set(key(form), state);
  for (const part of form.querySelectorAll("[data-when]")) {
    part.hidden = !part.getAttribute("data-when").split(" ").includes(state);
  }
  const ready = state === "ready" || state === "failed";
  form.querySelector("fieldset").disabled = !ready;
  const said = form.querySelector(".notice[data-when~=" + state + "]");
  if (before && before !== state && said) announce(said.textContent.trim());
}

const grouped = (code) => code.match(/.{4}/g).join("-");

function showReceipt(form, code) {
  form.querySelector("[data-secret-code]").textContent = grouped(code);
  form.querySelector("[data-secret-receipt]").hidden = false;
}

function draw(form) {
  const paper = read(form);
  if (form.hasAttribute("data-hindered") && !(paper && (paper.signature || paper.cast))) return show(form, "hindered");
  if (!canBlind()) return show(form, "unable");
  if (paper && paper.code && paper.cast) showReceipt(form, paper.code);
  if (paper && paper.cast) return show(form, "cast");
  const now = states.get(key(form));
  if (paper && paper.signature) return show(form, ["sending", "failed", "late"].includes(now) ? now : "ready");
  return ["elsewhere", "refused"].includes(now) ? show(form, now) : ask(form);
}

const pause = (time) => new Promise((done) => setTimeout(done, time));
const asking = new Set();

async function ask(form) {
  if (asking.has(key(form))) return;
  asking.add(key(form));
  show(form, "asking");
  try {
    show(form, await getPaper(form));
  } catch {
    show(form, "waiting");
    setTimeout(() => { if (form.isConnected) draw(form); }, 5000);
  }
  asking.delete(key(form));
}

async function getPaper(form) {
  const modulus = form.getAttribute("data-modulus");
  if (!read(form)) {
    const code = freshCode();
    const text = new TextEncoder().encode(form.getAttribute("data-signed-text") + code);
    keep(form, { code, ...blind(modulus, text) });
    // Another window of the same person may do the same at this moment: whichever was kept last is used by both.
    await pause(100);
    held.delete(key(form));
  }
  const paper = read(form);
  const fields = new URLSearchParams({ member: form.getAttribute("data-member"), blinded: paper.blinded });
  const response = await fetch(form.getAttribute("data-papers"), { method: "POST", body: fields, credentials: "same-origin" });
  if (response.status === 409) return "elsewhere";
  if (!response.ok) throw new Error(response.status);
  const signature = unblind(modulus, paper, (await response.text()).trim());
  if (!signature) return "refused";
  keep(form, { code: paper.code, signature });
  return "ready";
}

// Without cookies and without the address of this page: the server must not know whose it is.
async function cast(form) {
  const chosen = form.querySelector("input[name=choice]:checked");
  const paper = read(form);
  if (!chosen || !paper || !paper.signature) return;
  show(form, "sending");
  const fields = new URLSearchParams({ code: paper.code, signature: paper.signature, choice: chosen.value });
  const how = { method: "POST", body: fields, credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" };
  let response = null;
  try { response = await fetch(form.getAttribute("action"), how); } catch { /* told below */ }
  if (response && response.status === 409) return show(form, "late");
  if (!response || !response.ok) return show(form, "failed");
  form.reset();
  keep(form, { cast: true, code: paper.code }, { cast: true });
  showReceipt(form, paper.code);
  show(form, "cast");
  form.dispatchEvent(new CustomEvent("form-saved", { bubbles: true }));
}

behaviour("[data-secret-ballot]", (form) => {
  form.addEventListener("submit", (event) => { event.preventDefault(); cast(form); });
  form.querySelector("[data-secret-keep]").addEventListener("click", (event) => {
    keep(form, { cast: true, code: read(form).code });
    event.target.disabled = true;
    announce(event.target.getAttribute("data-said"));
  });
  document.addEventListener("page-shown", () => { if (form.isConnected) draw(form); });
  // Another window of the same person cast it, or got the paper.
  window.addEventListener("storage", (event) => {
    if (event.key !== key(form) || !form.isConnected) return;
    held.delete(event.key);
    draw(form);
  });
  draw(form);
});

// The published list: a code typed, or kept on this device, is found here and sent nowhere.
behaviour("[data-ballot-list]", (list) => {
  const field = document.querySelector("[data-ballot-find]");
  const said = document.querySelector("[data-ballot-found]");
  const plain = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");

  function find(typed) {
    let found = null;
    for (const row of list.querySelectorAll("[data-code]")) {
      const hit = typed.length >= 4 && row.getAttribute("data-code").startsWith(typed);
      row.classList.toggle("is-found", hit);
      if (hit && !found) found = row;
    }
    if (said) said.textContent = typed.length < 4 ? "" : said.getAttribute(found ? "data-yes" : "data-no");
    if (found && found.scrollIntoView) found.scrollIntoView({ block: "nearest" });
  }

  if (!field) return;
  const again = () => {
    field.closest(".field").hidden = false;
    find(plain(field.value));
  };
  field.addEventListener("input", again);
  document.addEventListener("page-shown", () => { if (list.isConnected) again(); });
  const prefix = "ballot-paper:" + list.getAttribute("data-ballot-list") + ":";
  const codes = [];
  try {
    for (let at = 0; at < localStorage.length; at += 1) {
      if (!localStorage.key(at).startsWith(prefix)) continue;
      const paper = JSON.parse(localStorage.getItem(localStorage.key(at)));
      if (paper && paper.cast && paper.code) codes.push(paper.code);
    }
  } catch { /* nothing is kept here */ }
  if (codes.length) field.value = grouped(codes[0]);
  again();
});
