// What the scripts say, on screen and to a screen reader. The words stand on <html> as data-say-…, in the page's language.
const root = document.documentElement;

// What says the texts of an element that brings its own.
export const wordsOf = (element) => (key, values = {}) => {
  const text = element.getAttribute("data-say-" + key) || "";
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
};

export const words = wordsOf(root);

// While a modal dialog is open the rest of the page is inert: unseen behind it and silent. So what is said then is said inside it.
function place(name, make) {
  const dialog = document.querySelector("dialog[open]");
  if (!dialog) return document.getElementById(name);
  let inside = dialog.querySelector(`[data-say-place="${name}"]`);
  if (!inside) {
    inside = make();
    inside.setAttribute("data-say-place", name);
    inside.setAttribute("data-keep", "");
    dialog.appendChild(inside);
  }
  return inside;
}

function region(role) {
  const line = document.createElement("p");
  line.className = "unseen";
  line.setAttribute("role", role);
  return line;
}

// A region is emptied first: the same sentence twice would otherwise be silent the second time.
function speak(id, text) {
  const spoken = place(id, () => region(id === "alarm" ? "alert" : "status"));
  if (!spoken) return;
  spoken.textContent = "";
  setTimeout(() => { spoken.textContent = text; }, 60);
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
  const shelf = place("toasts", () => {
    const box = document.createElement("div");
    box.className = "toasts";
    return box;
  });
  if (!shelf || !text) return;
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
  shelf.appendChild(box);
  (kind === "bad" ? alarm : announce)(text);
  if (kind !== "bad") setTimeout(() => box.remove(), 6000);
}
