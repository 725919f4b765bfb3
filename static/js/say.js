// What the scripts say, on screen and to a screen reader. The words stand on <html> as data-say-…, in the page's language.
const root = document.documentElement;

export function words(key, values = {}) {
  const text = root.getAttribute("data-say-" + key) || "";
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// A region is emptied first: the same sentence twice would otherwise be silent the second time.
function speak(id, text) {
  const region = document.getElementById(id);
  if (!region) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 60);
}

export const announce = (text) => speak("said", text);
export const alarm = (text) => speak("alarm", text);

export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(namespace, "use");
  use.setAttribute("href", "/static/icons.svg#" + name);
  svg.appendChild(use);
  return svg;
}

// A refusal stays until it is closed; good news goes by itself.
export function toast(text, kind = "good") {
  const place = document.getElementById("toasts");
  if (!place || !text) return;
  const box = document.createElement("div");
  box.className = "toast toast--" + kind;
  const line = document.createElement("p");
  line.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.setAttribute("aria-label", words("close"));
  close.appendChild(icon("cross"));
  close.addEventListener("click", () => box.remove());
  box.append(icon(kind), line, close);
  place.appendChild(box);
  // An open modal dialog makes the rest of the page inert, so the words would be out of reach there.
  (kind === "bad" ? alarm : announce)(text);
  if (kind !== "bad") setTimeout(() => box.remove(), 6000);
}
