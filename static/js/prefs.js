// Theme, text size and language, remembered on this device. The server reads the cookies and writes the attributes
// of <html>, so a page is right from its first paint.
const root = document.documentElement;
const attributes = { theme: "data-theme", size: "data-size" };
const year = 365 * 24 * 3600;

document.addEventListener("click", (event) => {
  const button = event.target.closest ? event.target.closest("[data-prefs] button[name]") : null;
  if (!button) return;
  event.preventDefault();
  remember(button.name, button.value);
  for (const other of document.querySelectorAll(`[data-prefs] button[name="${button.name}"]`)) {
    other.setAttribute("aria-pressed", String(other.value === button.value));
  }
  if (button.name === "lang") location.reload();
  else root.setAttribute(attributes[button.name], button.value);
});

function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
  try { localStorage.setItem("pref:" + name, value); } catch { /* private mode: the cookie is enough */ }
}

// A browser that dropped our cookies (Safari does after a week) gets them back.
for (const name of ["theme", "size", "lang"]) {
  let kept = null;
  try { kept = localStorage.getItem("pref:" + name); } catch { /* private mode */ }
  if (!kept || document.cookie.split("; ").includes(`${name}=${kept}`)) continue;
  remember(name, kept);
  if (attributes[name]) root.setAttribute(attributes[name], kept);
}
