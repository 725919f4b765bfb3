// The panel that lists a person's notes on the paper, with the one place where notes are written. What is being typed is
// kept on this device at every stroke, so that an ended session or a closed lid does not lose it.

export function notesPanel(reader, { sync, say, go, add, remove, edit, current, draftKey }) {
  const panel = reader.querySelector("[data-notes]");
  const list = panel.querySelector("[data-notes-list]");
  const form = panel.querySelector("form");
  const area = form.querySelector("textarea");
  const where = form.querySelector("[data-notes-where]");
  const opener = reader.querySelector("[data-annotate-do=list]");
  const empty = panel.querySelector("[data-notes-empty]");
  let writing = null; // {page, points} of a new note, or {id} of one being changed

  function show(yes) {
    panel.hidden = !yes;
    opener.setAttribute("aria-expanded", String(yes));
    if (yes) fill();
  }

  function text(name, content, className) {
    const element = document.createElement(name);
    element.textContent = content;
    if (className) element.className = className;
    return element;
  }

  function button(label, act, className = "button button--quiet") {
    const one = text("button", label, className);
    one.type = "button";
    one.addEventListener("click", act);
    return one;
  }

  function row(one) {
    const item = document.createElement("li");
    item.setAttribute("data-note", one.id);
    item.append(button(say("go", { n: one.page, what: say("kind-" + one.kind) }), () => go(one.page - 1, place(one)), "notes__go"));
    if (one.moved_from) item.append(text("p", say("moved", { n: one.moved_from }), "notes__moved"));
    if (one.text) item.append(text("p", one.text, "notes__text"));
    const acts = text("p", "", "notes__acts");
    if (one.kind === "note") acts.append(button(say("edit"), () => write({ id: one.id })));
    acts.append(button(say("remove"), () => meant(one).forEach(remove)));
    item.append(acts);
    return item;
  }

  // A line for strokes stands for all of its page.
  const meant = (one) => (one.kind === "ink" ? sync.of(one.page).filter((other) => other.kind === "ink") : [one]);

  function lostRow(one) {
    const item = document.createElement("li");
    item.className = "notes__lost";
    item.append(text("p", say("kind-" + one.kind), "notes__kind"));
    item.append(text("p", say("lost", { page: one.page, version: one.version }), "notes__moved"));
    if (one.text) item.append(text("p", one.text, "notes__text"));
    const link = document.createElement("a");
    link.href = one.url;
    const image = document.createElement("img");
    image.alt = say("old-page", { n: one.page });
    image.loading = "lazy";
    image.src = one.picture;
    link.append(image);
    const acts = text("p", "", "notes__acts");
    acts.append(button(say("remove"), () => remove(one)));
    item.append(link, acts);
    return item;
  }

  const place = (one) => {
    const { points, boxes } = one.shape || {};
    if (boxes && boxes.length) return Math.max(0, boxes[0][1] - 0.2);
    return points && points.length ? Math.max(0, points[1] - 0.2) : 0;
  };

  // Strokes have no words: a page's strokes are one line that leads there.
  function lines() {
    const drawn = new Set();
    return sync.all().sort((one, other) => one.page - other.page || place(one) - place(other)).filter((one) => {
      if (one.kind !== "ink") return true;
      const isFirst = !drawn.has(one.page);
      drawn.add(one.page);
      return isFirst;
    });
  }

  function fill() {
    if (panel.hidden) return;
    const focused = document.activeElement && document.activeElement.closest("[data-note]");
    const id = focused && focused.getAttribute("data-note");
    const rows = sync.lost().map(lostRow).concat(lines().map(row));
    list.textContent = "";
    list.append(...rows);
    empty.hidden = rows.length > 0;
    const again = id && list.querySelector(`[data-note="${id}"] button`);
    if (again) again.focus();
  }

  function write(what) {
    writing = what;
    show(true);
    const one = what.id && sync.get(what.id);
    area.value = what.text !== undefined ? what.text : one ? one.text : "";
    where.textContent = say("page", { n: one ? one.page : what.page });
    form.hidden = false;
    area.focus();
  }

  function stop() {
    writing = null;
    form.hidden = true;
    area.value = "";
    try { localStorage.removeItem(draftKey); } catch { /* nothing was kept */ }
  }

  area.addEventListener("input", () => {
    try { localStorage.setItem(draftKey, JSON.stringify({ ...writing, text: area.value })); } catch { /* storage is forbidden */ }
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = area.value.trim();
    const one = writing && writing.id && sync.get(writing.id);
    if (!typed || !writing) return area.focus();
    if (one) edit(one, typed);
    else add({ kind: "note", page: writing.page || current(), shape: { points: writing.points || corner }, text: typed });
    stop();
    fill();
    return panel.querySelector("[data-notes-new]").focus();
  });
  form.querySelector("[data-notes-cancel]").addEventListener("click", () => { stop(); panel.querySelector("[data-notes-new]").focus(); });
  panel.querySelector("[data-notes-new]").addEventListener("click", () => write({ page: current(), points: corner }));
  panel.querySelector("[data-notes-close]").addEventListener("click", () => { show(false); opener.focus(); });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    show(false);
    opener.focus();
  });

  return {
    fill,
    write,
    toggle() {
      show(panel.hidden);
      if (!panel.hidden) panel.querySelector("[data-notes-new]").focus();
    },
    open(id) {
      show(true);
      const item = list.querySelector(`[data-note="${id}"]`);
      if (item) { item.scrollIntoView({ block: "nearest" }); item.querySelector("button").focus(); }
    },
    restore() {
      let kept = null;
      try { kept = JSON.parse(localStorage.getItem(draftKey)); } catch { /* nothing was kept */ }
      if (kept && kept.text) write(kept);
    },
  };
}

const corner = [0.92, 0.04]; // where a note on the page as a whole stands
