// The search box of the reader: asks data-search-url?q=…, lists the hits, marks them on the pages, steps through them.
import { announce, words } from "./say.js";

export function finder(reader, { layers, pages, go }) {
  const panel = reader.querySelector("[data-reader-find]");
  const nothing = { toggle() {}, close() {} };
  if (!panel) return nothing;
  const form = panel.querySelector("form");
  const input = panel.querySelector("input");
  const count = panel.querySelector("[data-reader-count]");
  const list = panel.querySelector("[data-reader-hits]");
  const opener = reader.querySelector("[data-reader-do=find]");
  let hits = [];
  let at = -1;
  let asked = "";

  function open(yes) {
    panel.hidden = !yes;
    if (opener) opener.setAttribute("aria-expanded", String(yes));
    if (yes) { input.focus(); input.select(); }
  }

  async function ask() {
    const sought = input.value.trim();
    if (sought === asked) return step(1);
    asked = sought;
    hits = [];
    if (sought) {
      const url = new URL(reader.getAttribute("data-search-url"), location.href);
      url.searchParams.set("q", sought);
      const response = await fetch(url.href, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
      if (asked !== sought) return undefined;
      if (response && response.ok) hits = (await response.json()).hits;
      else asked = ""; // so that pressing again asks again
    }
    at = -1;
    layers.mark(hits);
    reader.dispatchEvent(new CustomEvent("reader-hit", { detail: null }));
    const sentence = hits.length ? words("hits", { n: hits.length }) : sought ? words("no-hits") : "";
    count.textContent = sentence;
    announce(sentence);
    fill();
    return hits.length ? step(1) : undefined;
  }

  function fill() {
    list.textContent = "";
    hits.forEach((hit, index) => {
      const row = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      const where = document.createElement("b");
      where.textContent = words("page-of", { n: hit.page, all: pages.length });
      const snippet = document.createElement("span");
      snippet.textContent = " " + hit.snippet;
      button.append(where, snippet);
      button.addEventListener("click", () => stand(index));
      row.appendChild(button);
      list.appendChild(row);
    });
  }

  function stand(index) {
    at = index;
    const hit = hits[at];
    list.querySelectorAll("button").forEach((button, one) => {
      if (one === at) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
    layers.standAt(hit);
    reader.dispatchEvent(new CustomEvent("reader-hit", { detail: hit }));
    go(hit.page - 1, hit.boxes && hit.boxes.length ? hit.boxes[0][1] : 0);
  }

  function step(by) {
    if (hits.length) stand((at + by + hits.length) % hits.length);
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });

  return {
    toggle: () => open(panel.hidden),
    close() {
      if (panel.hidden) return;
      open(false);
      if (opener) opener.focus();
    },
  };
}
