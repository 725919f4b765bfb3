// A person's own ink, highlights, notes and marks over the pages of the reader.
// <section data-reader data-annotations-url data-version> holds a toolbar [data-annotate] and a panel [data-notes];
// the texts it says stand on the section as data-say-….
import { drawOne, layer, measure } from "./annotations-draw.js";
import { hand } from "./annotations-hand.js";
import { notesPanel } from "./annotations-list.js";
import { annotationSync, newId } from "./annotations-sync.js";
import { announce, wordsOf } from "./say.js";

const look = 45000; // ms between looks at what other devices did

export function annotations(reader, { scroller, pages, layers, go, current, thumbs }) {
  const nothing = { show() {}, hide() {}, placed() {}, isBusy: () => false };
  const bar = reader.querySelector("[data-annotate]");
  const url = reader.getAttribute("data-annotations-url");
  if (!bar || !url) return nothing;
  const say = wordsOf(reader);
  const person = document.documentElement.getAttribute("data-person");
  const opener = reader.querySelector("[data-reader-do=annotate]");
  const said = bar.querySelector("[data-annotate-said]");
  const markButton = bar.querySelector("[data-annotate-do=mark]");
  const present = new Set();
  const undone = [];
  let mode = "scroll";
  let isGone = false;

  const sync = annotationSync({
    url,
    person,
    version: reader.getAttribute("data-version"),
    changed: showAll,
    gone,
    newer: (address) => notice("newer", address + location.search),
  });
  const panel = notesPanel(reader, { sync, say, go, add, remove, edit, current: () => current() + 1, draftKey: `notes:${person}:${reader.getAttribute("data-version")}:draft` });
  const kinds = { ink: "kind-ink", highlight: "kind-highlight", note: "kind-note", mark: "kind-mark" };
  const what = (one) => say(kinds[one.kind]);

  function draw(page) {
    const number = Number(page.getAttribute("data-page"));
    const svg = layer(page);
    for (const one of sync.of(number)) drawOne(svg, one, measure(page));
  }

  function showAll() {
    present.forEach(draw);
    panel.fill();
    showStatus();
    placed();
    thumbs.flag(new Set(sync.all().map((one) => one.page)));
  }

  function showStatus() {
    const [waiting, refused] = [sync.waiting(), sync.refused()];
    const sentence = refused ? say("refused", { n: refused }) : waiting ? say("waiting", { n: waiting }) : say(mode === "scroll" ? "all-saved" : "hint-" + mode);
    if (said.textContent !== sentence) said.textContent = sentence;
  }

  const markOf = (page) => sync.of(page).find((one) => one.kind === "mark");

  // The page in view has changed.
  function placed() {
    markButton.setAttribute("aria-pressed", String(Boolean(markOf(current() + 1))));
  }

  function add(made) {
    const one = { id: newId(), text: "", revision: 0, ...made };
    sync.save(one);
    undone.push(() => take(one));
    announce(say("added", { what: what(one) }));
    return one;
  }

  function take(one) {
    const now = sync.get(one.id) || one;
    sync.save(now, { deleted: true });
  }

  // What is taken away stays away under its id; brought back, it is a new one.
  function remove(one) {
    take(one);
    undone.push(() => sync.save({ ...one, id: newId(), revision: 0 }));
    announce(say("removed", { what: what(one) }));
  }

  function edit(one, text) {
    const before = one.text;
    sync.save({ ...one, text });
    undone.push(() => sync.save({ ...(sync.get(one.id) || one), text: before }));
  }

  function undo() {
    const last = undone.pop();
    if (!last) return;
    last();
    announce(say("undone"));
  }

  function choose(next) {
    mode = next;
    scroller.setAttribute("data-mode", mode);
    for (const button of bar.querySelectorAll("[data-annotate-mode]")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-annotate-mode") === mode));
    }
    showStatus();
    if (mode !== "scroll") announce(say("hint-" + mode));
  }

  function toggle() {
    bar.hidden = !bar.hidden;
    opener.setAttribute("aria-expanded", String(!bar.hidden));
    if (bar.hidden) choose("scroll");
    else bar.querySelector("button").focus();
  }

  function mark() {
    const page = current() + 1;
    const there = markOf(page);
    if (there) remove(there);
    else add({ kind: "mark", page, shape: {} });
  }

  const acts = { undo, mark, list: () => panel.toggle() };
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const next = button.getAttribute("data-annotate-mode");
    if (next) choose(next);
    const act = acts[button.getAttribute("data-annotate-do")];
    if (act) act();
  });
  opener.hidden = false;
  opener.addEventListener("click", toggle);

  hand({
    scroller,
    mode: () => mode,
    wordsOf: layers.wordsOf,
    on: (page) => sync.of(page),
    act: { add, remove, redraw: draw, note: (page, points) => panel.write({ page, points }) },
  });

  // A note on the page opens in the list.
  scroller.addEventListener("click", (event) => {
    const found = mode === "scroll" && event.target.closest && event.target.closest(".annotation--pin");
    if (found) panel.open(found.parentNode.getAttribute("data-annotation"));
  });

  // What was searched for can be highlighted without a pointer.
  const hitButton = reader.querySelector("[data-annotate-hit]");
  let hit = null;
  reader.addEventListener("reader-hit", (event) => { hit = event.detail; hitButton.hidden = !hit; });
  hitButton.addEventListener("click", () => {
    if (hit) add({ kind: "highlight", page: hit.page, shape: { boxes: hit.boxes }, text: hit.snippet });
  });

  const only = reader.querySelector("[data-annotate-only]");
  only.hidden = false;
  only.addEventListener("click", () => {
    const is = only.getAttribute("aria-pressed") !== "true";
    only.setAttribute("aria-pressed", String(is));
    thumbs.onlyFlagged(is);
  });

  function notice(key, address) {
    if (reader.querySelector(`[data-notice="${key}"]`)) return;
    const box = document.createElement("div");
    box.className = "reader__notice";
    box.setAttribute("data-notice", key);
    box.setAttribute("role", "alert");
    const line = document.createElement("p");
    line.textContent = say(key);
    const link = document.createElement("a");
    link.className = "button button--main";
    link.href = address;
    link.textContent = say(key === "newer" ? "open-newer" : "leave");
    box.append(line, link);
    reader.insertBefore(box, bar.nextSibling);
  }

  // Withdrawn, or no longer for this person: said in words, and nothing of it stays on screen.
  function gone() {
    if (isGone) return;
    isGone = true;
    scroller.textContent = "";
    choose("scroll");
    notice("gone", reader.querySelector(".reader__bar a").href);
    document.dispatchEvent(new CustomEvent("paper-gone", { detail: reader.getAttribute("data-version") }));
  }

  setInterval(() => { if (!document.hidden && reader.isConnected && !isGone && mode === "scroll") sync.load(); }, look);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !isGone) sync.load(); });
  sync.load().then(() => { sync.retry(); panel.restore(); });

  return {
    show(page) { present.add(page); draw(page); },
    hide(page) { present.delete(page); },
    placed,
    isBusy: () => mode !== "scroll",
  };
}
