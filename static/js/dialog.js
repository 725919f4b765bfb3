// <a href="#vote" data-opens="#vote"> opens <dialog id="vote">; any element with data-closes closes the one around it.
// data-open-now on a dialog opens it once by itself: the vote sheet that slides over whatever page is open.
// Safari 13 has no <dialog>: there the attribute `open`, a veil and a small focus trap stand in.
import { behaviour } from "./behaviour.js";

const focusable = "a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select, textarea, summary, [tabindex='0']";
const openers = new WeakMap();
const closedKey = (dialog) => "closed:" + location.pathname + "#" + dialog.id + ":" + dialog.getAttribute("data-open-now");
let veil = null;

export function openDialog(dialog) {
  if (dialog.hasAttribute("open")) return;
  openers.set(dialog, document.activeElement);
  if (dialog.showModal) return dialog.showModal();
  dialog.setAttribute("open", "");
  dialog.setAttribute("role", "dialog");
  dialog.setAttribute("aria-modal", "true");
  veil = document.createElement("div");
  veil.className = "veil";
  veil.addEventListener("click", () => closeDialog(dialog));
  document.body.appendChild(veil);
  const first = dialog.querySelector(focusable);
  if (first) first.focus();
  return undefined;
}

export function closeDialog(dialog) {
  if (dialog.hasAttribute("data-open-now")) {
    try { sessionStorage.setItem(closedKey(dialog), "1"); } catch { /* it opens again next time: bearable */ }
  }
  if (dialog.close) {
    dialog.close();
  } else {
    dialog.removeAttribute("open");
    dropVeil();
  }
  const opener = openers.get(dialog);
  if (opener && opener.isConnected) opener.focus();
}

function dropVeil() {
  if (veil) veil.remove();
  veil = null;
}

behaviour("dialog[data-open-now]", (dialog) => {
  let closed = null;
  try { closed = sessionStorage.getItem(closedKey(dialog)); } catch { /* private mode */ }
  if (!closed) openDialog(dialog);
});

behaviour("dialog", (dialog) => {
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); closeDialog(dialog); });
  dialog.addEventListener("close-dialog", () => closeDialog(dialog));
  // A press on the backdrop arrives at the dialog itself.
  dialog.addEventListener("click", (event) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) closeDialog(dialog);
  });
});

document.addEventListener("click", (event) => {
  if (!event.target.closest) return;
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.querySelector(opener.getAttribute("data-opens"));
    if (dialog) { event.preventDefault(); openDialog(dialog); }
    return;
  }
  const closer = event.target.closest("[data-closes]");
  const dialog = closer && closer.closest("dialog");
  if (dialog) { event.preventDefault(); closeDialog(dialog); }
});

// Only where the browser has no dialogs of its own.
document.addEventListener("keydown", (event) => {
  if (!veil) return;
  const dialog = document.querySelector("dialog[open]");
  if (!dialog) return;
  if (event.key === "Escape") closeDialog(dialog);
  if (event.key !== "Tab") return;
  const stops = [...dialog.querySelectorAll(focusable)];
  const last = stops[stops.length - 1];
  if (event.shiftKey && document.activeElement === stops[0]) { event.preventDefault(); last.focus(); }
  if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); stops[0].focus(); }
});

// The sheet may have gone with the vote it was for.
document.addEventListener("page-shown", () => { if (veil && !document.querySelector("dialog[open]")) dropVeil(); });
