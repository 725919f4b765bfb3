// Reads a paper as page images. <section data-reader data-keep data-text-url data-search-url> holds
// <ol data-reader-pages> of <li data-page data-width data-height data-src="…{w}…">; buttons say what they do in data-reader-do.
// Only pages near the window hold an image: a scan of 400 pages must not take an old tablet's memory.
import { annotations } from "./annotations.js";
import { behaviour } from "./behaviour.js";
import { pageLayers } from "./reader-layers.js";
import { pinchAndWheel } from "./reader-pinch.js";
import { finder } from "./reader-find.js";
import { thumbnails } from "./reader-thumbs.js";
import { words } from "./say.js";

const widths = [640, 960, 1440, 1920, 2560]; // what the server draws and keeps; few, so that its cache is shared
const near = "100% 0px";
const sharpest = 1.5; // pixels of a picture to one of the page; more costs an old tablet memory and shows nothing
const widestAtFirst = 1000;

behaviour("[data-reader]", (reader) => {
  const scroller = reader.querySelector("[data-reader-pages]");
  const pages = [...scroller.querySelectorAll("[data-page]")];
  if (!pages.length) return;
  const layers = pageLayers(reader);
  const shown = new Set();
  const coming = new WeakMap(); // page → the picture that is on its way
  const widest = Math.max(...pages.map((page) => Number(page.getAttribute("data-width"))));
  const place = reader.querySelector("[data-reader-place]");
  const goto = reader.querySelector("[data-reader-goto]");
  const memory = "read:" + location.pathname;
  let scale = 0;
  let mode = "first"; // or "fit", or "free" once a person has chosen a size
  let current = 0;

  for (const page of pages) {
    page.style.setProperty("--w", page.getAttribute("data-width"));
    page.style.setProperty("--h", page.getAttribute("data-height"));
    page.setAttribute("aria-label", words("page-of", { n: page.getAttribute("data-page"), all: pages.length }));
  }

  const room = () => scroller.clientWidth - 2 * parseFloat(getComputedStyle(scroller).paddingLeft);
  const fitScale = () => room() / widest;
  const firstScale = () => Math.min(fitScale(), widestAtFirst / widest);

  // Keeps the spot under (x, y) of the window where it is.
  function zoom(to, x = scroller.clientWidth / 2, y = scroller.clientHeight / 2) {
    const next = Math.max(fitScale() / 4, Math.min(to, fitScale() * 6));
    const ratio = scale ? next / scale : 1;
    const left = scroller.scrollLeft + x;
    const here = pages[current];
    const inPage = scroller.scrollTop + y - here.offsetTop;
    scale = next;
    scroller.style.setProperty("--scale", scale);
    scroller.scrollTop = here.offsetTop + inPage * ratio - y;
    scroller.scrollLeft = left * ratio - x;
    sharpenSoon();
  }

  // The room has changed: the page keeps filling it, unless a size was chosen.
  function settle() {
    zoom(mode === "first" ? firstScale() : mode === "fit" ? fitScale() : scale);
  }

  let sharpenTimer = null;
  function sharpenSoon() {
    clearTimeout(sharpenTimer);
    sharpenTimer = setTimeout(() => shown.forEach(load), 200);
  }

  function source(page) {
    const needed = page.clientWidth * Math.min(window.devicePixelRatio || 1, sharpest);
    const width = widths.find((one) => one >= needed) || widths[widths.length - 1];
    return page.getAttribute("data-src").replace("{w}", width);
  }

  function load(page) {
    const wanted = source(page);
    const old = page.querySelector("img");
    if (old && old.getAttribute("data-shows") === wanted) return;
    const onItsWay = coming.get(page);
    if (onItsWay && onItsWay.getAttribute("data-shows") === wanted) return;
    stop(page);
    const image = new Image();
    coming.set(page, image);
    image.decoding = "async";
    image.alt = "";
    image.setAttribute("data-shows", wanted);
    // The coarse picture stays until the sharp one is there: no white flash while zooming.
    image.onload = () => {
      if (!shown.has(page) || coming.get(page) !== image) return;
      coming.delete(page);
      for (const one of page.querySelectorAll("img, .sheet-page__error")) one.remove();
      page.insertBefore(image, page.firstChild);
    };
    image.onerror = () => { if (shown.has(page) && !page.querySelector("img")) showFailure(page); };
    image.src = wanted;
    layers.show(page);
    own.show(page);
  }

  // Whoever flies over fifty pages does not want their pictures; neither does the server.
  function stop(page) {
    const image = coming.get(page);
    if (!image) return;
    coming.delete(page);
    image.onload = null;
    image.onerror = null;
    image.src = "";
  }

  function unload(page) {
    stop(page);
    for (const image of page.querySelectorAll("img")) {
      image.src = ""; // some browsers keep the pixels of a removed image until its source changes
      image.remove();
    }
    own.hide(page);
    layers.hide(page);
  }

  function showFailure(page) {
    if (page.querySelector(".sheet-page__error")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sheet-page__error";
    button.textContent = words("page-failed");
    button.addEventListener("click", () => { button.remove(); load(page); });
    page.appendChild(button);
  }

  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) { shown.add(target); load(target); } else if (shown.delete(target)) unload(target);
    }
  }, { root: scroller, rootMargin: near });

  function findCurrent() {
    const middle = scroller.scrollTop + scroller.clientHeight / 3;
    let low = 0;
    let high = pages.length - 1;
    while (low < high) {
      const half = (low + high + 1) >> 1;
      if (pages[half].offsetTop <= middle) low = half; else high = half - 1;
    }
    return low;
  }

  function showPlace() {
    current = findCurrent();
    if (place) place.textContent = words("page-of", { n: current + 1, all: pages.length });
    if (goto && goto !== document.activeElement) goto.value = String(current + 1);
    thumbs.mark(current);
    own.placed();
    try { sessionStorage.setItem(memory, String(current)); } catch { /* it opens at its first page next time */ }
  }

  function go(index, into = 0) {
    const page = pages[Math.max(0, Math.min(index, pages.length - 1))];
    scroller.scrollTop = page.offsetTop - 12 + into * page.offsetHeight;
    showPlace();
  }

  const thumbs = thumbnails(reader, pages, go);
  const own = annotations(reader, { scroller, pages, layers, go, thumbs, current: () => current });
  const find = finder(reader, { layers, pages, go: (index, into) => go(index, Math.max(0, into - 0.4)) });

  const acts = {
    "zoom-in": () => { mode = "free"; zoom(scale * 1.25); },
    "zoom-out": () => { mode = "free"; zoom(scale / 1.25); },
    fit: () => { mode = "fit"; settle(); },
    previous: () => go(current - 1),
    next: () => go(current + 1),
    thumbs: () => { thumbs.toggle(); settle(); showPlace(); },
    find: () => find.toggle(),
  };

  reader.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reader-do]");
    const act = button && acts[button.getAttribute("data-reader-do")];
    if (act) act();
  });

  const keys = {
    PageDown: acts.next, ArrowRight: acts.next, PageUp: acts.previous, ArrowLeft: acts.previous,
    "+": acts["zoom-in"], "=": acts["zoom-in"], "-": acts["zoom-out"], 0: acts.fit,
    "/": acts.find, Home: () => go(0), End: () => go(pages.length - 1),
    ArrowDown: () => scroller.scrollBy(0, 80), ArrowUp: () => scroller.scrollBy(0, -80),
  };
  document.addEventListener("keydown", (event) => {
    if (!reader.isConnected || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return find.close();
    if (event.target.closest("input, textarea, select")) return undefined;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
    return undefined;
  });

  if (goto) goto.addEventListener("change", () => { const page = parseInt(goto.value, 10); if (page) go(page - 1); });

  let waiting = false;
  scroller.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; showPlace(); });
  });
  window.addEventListener("resize", settle);
  pinchAndWheel(scroller, () => scale, (to, x, y) => { mode = "free"; zoom(to, x, y); });

  reader.setAttribute("data-reader-on", "");
  zoom(firstScale());
  for (const page of pages) watch.observe(page);
  const asked = /^#page=(\d+)$/.exec(location.hash);
  let kept = 0;
  try { kept = Number(sessionStorage.getItem(memory)) || 0; } catch { /* first page */ }
  go(asked ? Number(asked[1]) - 1 : kept);
});
