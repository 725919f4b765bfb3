// <textarea data-autosave="minutes-7-conclusion" data-autosave-url="…" data-autosave-version="3">
// Every key stroke is kept on this device; three seconds after the last one it goes to the server too. An expired session,
// a closed lid or a dead network lose nothing: the text is there when the page opens again.
import { behaviour } from "./behaviour.js";
import { forgetTyping } from "./morph.js";
import { words } from "./say.js";

const idle = 3000;

// What a form settled that went the ordinary way: the page behind it has no such field, so its answer says it in a cookie.
const settled = document.cookie.split("; ").find((cookie) => cookie.startsWith("settled="));
if (settled) {
  forgetAll("draft:" + settled.slice("settled=".length) + "-");
  document.cookie = "settled=; Path=/; Max-Age=0; SameSite=Lax";
}

behaviour("textarea[data-autosave]", (area) => {
  const key = "draft:" + area.getAttribute("data-autosave");
  const url = area.getAttribute("data-autosave-url");
  const said = status(area);
  let version = area.getAttribute("data-autosave-version");
  let timer = null;
  let saving = false;
  let stopped = false;

  const keep = () => write(key, { text: area.value, version });

  const stored = read(key);
  if (stored && stored.text !== area.value) {
    area.value = stored.text;
    // The version it was typed on, not today's: the server then sees that a colleague saved meanwhile and joins both.
    if (stored.version !== undefined) version = stored.version;
    setFormVersion();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.closest("details")?.setAttribute("open", "");
    said.textContent = words("restored");
    timer = setTimeout(save, idle);
  } else if (stored) {
    forget(key); // the server has it
  }

  area.addEventListener("input", () => {
    keep();
    clearTimeout(timer);
    timer = setTimeout(save, idle);
  });
  area.addEventListener("blur", () => { if (timer) { clearTimeout(timer); save(); } });

  async function save() {
    timer = null;
    if (!url || stopped || !area.isConnected) return;
    if (saving) { timer = setTimeout(save, idle); return; }
    saving = true;
    const text = area.value;
    said.textContent = words("saving");
    const fields = new URLSearchParams();
    fields.set(area.name, text);
    if (version) fields.set("version", version);
    try {
      const response = await fetch(url, { method: "POST", body: fields, headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (response.status === 409) {
        stopped = true;
        said.textContent = words("conflict");
      } else if (!response.ok || response.redirected) {
        throw new Error("not saved"); // a redirect is the way to the sign-in page
      } else {
        const answer = await response.json().catch(() => ({}));
        settle(answer.version === undefined ? text : follow(text, answer));
      }
    } catch {
      said.textContent = words("kept");
      if (!timer) timer = setTimeout(save, idle * 3);
    }
    saving = false;
  }

  // A colleague may have saved meanwhile; then the answer holds both texts in one. Who typed on while it was under way
  // goes on from what was sent, and the next save joins the rest.
  function follow(sent, answer) {
    let settled = sent;
    const isNew = answer.text !== undefined && answer.text !== sent.replace(/\r\n/g, "\n");
    if (isNew && area.value !== sent) {
      version = String(answer.base);
      if (!timer) timer = setTimeout(save, idle);
    } else {
      version = String(answer.version);
      if (isNew) { show(answer.text); settled = answer.text; }
    }
    setFormVersion();
    return settled;
  }

  // Puts the joined text into the field and leaves the cursor where the person was typing.
  function show(text) {
    const fromEnd = area.value.length - area.selectionEnd;
    const behind = area.value.slice(area.selectionEnd);
    const caret = text.endsWith(behind) ? text.length - fromEnd : Math.min(area.selectionEnd, text.length);
    const isHere = document.activeElement === area;
    area.value = text;
    if (isHere) area.selectionStart = area.selectionEnd = caret;
  }

  function settle(text) {
    said.textContent = words("saved-at", { time: new Date().toTimeString().slice(0, 5) });
    if (area.value !== text) { keep(); return; }
    forget(key);
    // Another field of the same form may still be unsaved; then the form is left alone by a refresh.
    const form = area.form;
    if (form && form.querySelectorAll("textarea, input:not([type=hidden]), select").length === 1) forgetTyping(form);
  }

  function setFormVersion() {
    const field = area.form && area.form.querySelector("input[name=version]");
    if (field && version) field.value = version;
  }

  if (area.form) area.form.addEventListener("form-saved", () => { clearTimeout(timer); timer = null; forget(key); });
});

// <form data-settles="minutes-7-conclusion">: once it is saved, what was kept here of that text is settled.
document.addEventListener("form-saved", (event) => {
  const key = event.target.getAttribute("data-settles");
  if (key) forget("draft:" + key);
});

function status(area) {
  const field = area.closest(".field") || area.parentElement;
  let said = field.querySelector("[data-autosave-said]");
  if (!said) {
    said = document.createElement("p");
    said.className = "saved";
    field.appendChild(said);
  }
  // Ours to write, not the server's.
  said.setAttribute("data-keep", "");
  return said;
}

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}
function write(key, value) {
  try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the server still gets it */ }
}
function forgetAll(start) {
  try { Object.keys(localStorage).filter((key) => key.startsWith(start)).forEach(forget); } catch { /* nothing was kept */ }
}
function forget(key) {
  try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
}
