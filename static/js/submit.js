// <form data-remote>: sent without leaving the page. One tap, and a second tap while sending does nothing.
// data-remote="stay" keeps the page whatever the server redirects to, for the vote sheet over a reader.
import { forgetTyping, refresh, showPage, ticket } from "./morph.js";
import { toast, words } from "./say.js";

const doubleTap = 600; // ms within which a second tap belongs to the first
const finger = 48;     // px; two taps nearer than this are at one place

// Forms under way, each with what is sent and the button that was pressed meanwhile.
const sending = new WeakMap();
let pressed = null;
let place = [0, 0];
let last = { button: null, act: "", at: 0, place };

// Safari 13 does not say which button sent a form.
document.addEventListener("click", (event) => {
  pressed = event.target.closest ? event.target.closest("button, input[type=submit]") : null;
  place = [event.clientX, event.clientY];
}, true);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-remote")) return;
  event.preventDefault();
  const button = event.submitter || (pressed && pressed.form === form ? pressed : null);
  const act = actOf(form, button);
  if (isSecondTap(button, act)) return;
  last = { button, act, at: Date.now(), place };
  const underWay = sending.get(form);
  if (!underWay) send(form, button);
  // Whoever changes their mind at once means the second button; it must not be lost.
  else underWay.next = act === underWay.act ? null : button;
});

const targetOf = (form, button) => (button && button.getAttribute("formaction")) || form.getAttribute("action") || location.href;

// What a press would do: where it goes, and the button's own say.
function actOf(form, button) {
  return [targetOf(form, button), button ? button.name : "", button ? button.value : ""].join(" ");
}

// The page may change between the two taps of a double tap: "open the vote" has become "close it" under the finger.
function isSecondTap(button, act) {
  if (!last.button || act === last.act || Date.now() - last.at >= doubleTap) return false;
  const isNear = Math.hypot(place[0] - last.place[0], place[1] - last.place[1]) < finger;
  return button === last.button || (!last.button.isConnected && isNear);
}

async function send(form, button) {
  const target = targetOf(form, button);
  const fields = new URLSearchParams(new FormData(form));
  if (button && button.name) fields.append(button.name, button.value);
  const underWay = { act: actOf(form, button), next: null };
  sending.set(form, underWay);
  markBusy(form, button, true);
  const drawn = ticket();
  try {
    const response = await fetch(target, { method: "POST", body: fields, headers: { Accept: "text/html" }, credentials: "same-origin" });
    await show(form, response, drawn);
  } catch {
    toast(words("failed"), "bad");
  } finally {
    sending.delete(form);
    markBusy(form, button, false);
    if (underWay.next && underWay.next.isConnected) send(form, underWay.next);
  }
}

async function show(form, response, drawn) {
  const html = await response.text();
  if (response.ok) {
    forgetTyping(form);
    form.dispatchEvent(new CustomEvent("form-saved", { bubbles: true }));
    if (form.hasAttribute("data-closes-dialog")) form.dispatchEvent(new CustomEvent("close-dialog", { bubbles: true }));
    const there = new URL(response.url);
    if (there.pathname !== location.pathname) {
      return form.getAttribute("data-remote") === "stay" ? refresh() : location.assign(response.url);
    }
    if (!showPage(html, drawn)) return refresh();
    return undefined;
  }
  return showRefusal(form, html, drawn);
}

// A refused form comes back with its messages at the fields. Any other refusal is one sentence.
function showRefusal(form, html, drawn) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  const action = form.getAttribute("action");
  const sameForm = action && [...answer.querySelectorAll("main form")].some((one) => one.getAttribute("action") === action);
  if (sameForm) {
    forgetTyping(form); // what was typed came back with the form
    showPage(html, drawn);
    const wrong = document.querySelector("main [aria-invalid=true]");
    if (wrong) wrong.focus();
    return undefined;
  }
  const sentence = answer.querySelector("[data-problem], .problem") || answer.querySelector("main h1");
  toast(sentence ? sentence.textContent.trim() : words("failed"), "bad");
  return refresh();
}

// Not `disabled`: that would drop the keyboard's focus to the top of the page.
function markBusy(form, button, busy) {
  for (const one of form.querySelectorAll("button")) {
    if (busy) one.setAttribute("aria-disabled", "true");
    else one.removeAttribute("aria-disabled");
  }
  if (!button) return;
  if (busy) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}
