// Brings the page on screen up to what the server shows now, without losing what the person is doing:
// focus, scroll, open dialogs and everything typed stay.
import { Idiomorph } from "idiomorph";
import { attachAll } from "./behaviour.js";
import { announce } from "./say.js";

const typedForms = new WeakSet();
const typedFields = new WeakSet();

document.addEventListener("input", (event) => {
  const field = event.target;
  typedFields.add(field);
  if (field.form) typedForms.add(field.form);
}, true);

// After a successful save, the server's text is the person's text again.
export function forgetTyping(form) {
  typedForms.delete(form);
  for (const field of form.elements) typedFields.delete(field);
}

export const isTyping = (form) => typedForms.has(form);

let asked = 0;
let shown = 0;

// A ticket is drawn before asking the server. An answer older than what is shown is dropped,
// so that a slow refresh cannot undo the page of a vote that was cast meanwhile.
export const ticket = () => ++asked;

export function showPage(html, drawn) {
  if (drawn <= shown) return false;
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const freshMain = fresh.querySelector("main");
  const main = document.querySelector("main");
  if (!freshMain || !main) return false;
  shown = drawn;
  const before = announcements();
  Idiomorph.morph(main, freshMain, { morphStyle: "outerHTML", callbacks });
  for (const part of document.querySelectorAll("[data-refresh]")) {
    const freshPart = fresh.getElementById(part.id);
    if (freshPart) Idiomorph.morph(part, freshPart, { morphStyle: "outerHTML", callbacks });
  }
  document.title = fresh.title || document.title;
  settle(before);
  return true;
}

// Puts elements that the server drew for everyone in the place of those with the same ids. False: one has no place here.
// A page asked for earlier may be older than these, so it will be dropped and asked for again.
export function showPieces(html) {
  const fresh = [...new DOMParser().parseFromString(html, "text/html").body.children];
  const places = fresh.map((piece) => document.querySelector("main #" + CSS.escape(piece.id)));
  if (!fresh.length || places.includes(null)) return false;
  shown = ticket();
  const before = announcements();
  fresh.forEach((piece, index) => Idiomorph.morph(places[index], piece, { morphStyle: "outerHTML", callbacks }));
  settle(before);
  return true;
}

function settle(before) {
  attachAll(document);
  document.dispatchEvent(new CustomEvent("page-shown"));
  for (const [id, text] of announcements()) {
    if (text && before.get(id) !== text) announce(text);
  }
}

function announcements() {
  const texts = new Map();
  for (const element of document.querySelectorAll("main [data-announce]")) {
    texts.set(element.id, element.textContent.replace(/\s+/g, " ").trim());
  }
  return texts;
}

const callbacks = {
  beforeNodeMorphed(old, fresh) {
    if (!(old instanceof Element)) return true;
    // A new element is put in empty and then filled; nobody has opened or closed it yet, so it comes as it was sent.
    if (old.tagName === "DETAILS" && !old.hasChildNodes()) old.open = fresh.open;
    if (old.hasAttribute("data-keep")) return false;
    // The whole form, not the field alone: a newer hidden version beside older text would let it overwrite a colleague's.
    if (old instanceof HTMLFormElement && typedForms.has(old)) return false;
    if (typedFields.has(old)) return false;
    return !(old === document.activeElement && /^(INPUT|TEXTAREA|SELECT)$/.test(old.tagName) && old.type !== "checkbox" && old.type !== "radio");
  },
  beforeNodeRemoved(old) {
    return !(old instanceof Element && old.hasAttribute("data-keep"));
  },
  // What a person has opened, or a script has marked, is not for the server to close.
  beforeAttributeUpdated(name, element) {
    if (name === "open") return !/^(DIALOG|DETAILS)$/.test(element.tagName);
    return !(name === "tabindex" && element.hasAttribute("data-tabindex-kept"));
  },
};

let running = null;
let again = false;

// Asks for the present page once more. Calls while one is under way are joined into a single further one.
export function refresh() {
  if (running) {
    again = true;
    return running;
  }
  running = fetchAndShow()
    .catch(() => false)
    .then((done) => {
      running = null;
      if (!again) return done;
      again = false;
      return refresh();
    });
  return running;
}

async function fetchAndShow() {
  const drawn = ticket();
  const response = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin", cache: "no-store" });
  if (response.redirected && new URL(response.url).pathname !== location.pathname) {
    // Signed out meanwhile. Leaving would throw away half-typed text, so that waits for the person.
    if (![...document.forms].some(isTyping)) location.assign(response.url);
    return false;
  }
  if (!response.ok) return false;
  const html = await response.text();
  if (drawn <= shown) again = true;
  return showPage(html, drawn);
}
