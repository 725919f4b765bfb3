// What a finger, pen or mouse does on a page while a tool is chosen.
// Once a pen was seen, only pens write: fingers, and the palm that rests on the glass, scroll.
import { drawOne, isAt, layerOf, make, measure, polyline } from "./annotations-draw.js";

const step = 0.0015; // parts of the page; points closer together tell nothing

export function hand({ scroller, mode, wordsOf, on, act }) {
  let penSeen = false;
  let doing = null;
  let pan = null;
  let fingers = 0;

  const spot = (page, event) => {
    const box = page.getBoundingClientRect();
    const part = (value, from, length) => Math.max(0, Math.min(1, (value - from) / length));
    return [part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height)];
  };
  const round = (number) => Math.round(number * 10000) / 10000;

  scroller.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "pen") penSeen = true;
    if (event.pointerType === "touch") fingers += 1;
    if (mode() === "scroll" || event.button !== 0) return;
    if (fingers > 1) return stop(); // two fingers zoom
    if (event.pointerType === "touch" && penSeen) {
      pan = { id: event.pointerId, x: event.clientX, y: event.clientY };
      return;
    }
    const page = event.target.closest && event.target.closest("[data-page]");
    if (!page || doing) return;
    event.preventDefault();
    doing = { id: event.pointerId, page, mode: mode(), points: spot(page, event).map(round), erased: [] };
    begin(event);
  });

  // Older Safari does not know touch-action.
  scroller.addEventListener("touchmove", (event) => {
    if (mode() !== "scroll" && event.touches.length === 1) event.preventDefault();
  }, { passive: false });

  function begin(event) {
    const { page } = doing;
    // Events go on arriving when the hand slips off the page.
    try { scroller.setPointerCapture(event.pointerId); } catch { /* the pointer is gone already */ }
    if (doing.mode === "draw") {
      doing.line = make("polyline", { class: "annotation--ink", points: polyline(doing.points, measure(page)) }, layerOf(page));
    }
    if (doing.mode === "erase") erase();
    if (doing.mode === "highlight") startHighlight(doing);
  }

  scroller.addEventListener("pointermove", (event) => {
    if (pan && pan.id === event.pointerId) {
      scroller.scrollLeft -= event.clientX - pan.x;
      scroller.scrollTop -= event.clientY - pan.y;
      pan.x = event.clientX;
      pan.y = event.clientY;
    }
    if (!doing || doing.id !== event.pointerId) return;
    event.preventDefault();
    const all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const one of all.length ? all : [event]) add(spot(doing.page, one));
    if (doing.mode === "erase") erase();
    if (!doing.frame) doing.frame = requestAnimationFrame(show);
  });

  function add([x, y]) {
    const { points } = doing;
    const far = Math.hypot(x - points[points.length - 2], y - points[points.length - 1]) >= step;
    if (far && points.length < 6000) points.push(round(x), round(y));
  }

  function show() {
    if (!doing) return;
    doing.frame = null;
    if (doing.line) doing.line.setAttribute("points", polyline(doing.points, measure(doing.page)));
    if (doing.words) showHighlight(doing);
  }

  const up = (event) => {
    if (event.pointerType === "touch") fingers = Math.max(0, fingers - 1);
    if (pan && pan.id === event.pointerId) pan = null;
    if (!doing || doing.id !== event.pointerId) return;
    const done = doing;
    doing = null;
    cancelAnimationFrame(done.frame);
    const number = Number(done.page.getAttribute("data-page"));
    if (event.type === "pointercancel") return act.redraw(done.page);
    if (done.mode === "draw") act.add({ kind: "ink", page: number, shape: { points: done.points } });
    if (done.mode === "note") act.note(number, done.points.slice(0, 2));
    if (done.mode === "highlight") endHighlight(done, number);
    return undefined;
  };
  scroller.addEventListener("pointerup", up);
  scroller.addEventListener("pointercancel", up);

  function stop() {
    if (!doing) return;
    const { page } = doing;
    doing = null;
    act.redraw(page);
  }

  function erase() {
    const { page, points } = doing;
    const [x, y] = points.slice(-2);
    for (const one of on(Number(page.getAttribute("data-page")))) {
      if (one.kind !== "mark" && isAt(one, x, y)) act.remove(one);
    }
  }

  async function startHighlight(work) {
    const text = await wordsOf(work.page.getAttribute("data-page"));
    work.words = text.words;
    if (work.ended) work.ended();
    else showHighlight(work);
  }

  function range({ words, points }) {
    const first = nearest(words, points[0], points[1]);
    const last = nearest(words, points[points.length - 2], points[points.length - 1]);
    return words.slice(Math.min(first, last), Math.max(first, last) + 1);
  }

  const boxesOf = (words) => words.map(({ x, y, w, h }) => [x, y, w, h]);

  function showHighlight(work) {
    if (work.shown) work.shown.remove();
    if (!work.words.length) return;
    const drawn = { id: "new", kind: "highlight", shape: { boxes: boxesOf(range(work)) } };
    work.shown = drawOne(layerOf(work.page), drawn, measure(work.page));
  }

  function endHighlight(work, number) {
    const finish = () => {
      const words = work.words.length ? range(work) : [];
      if (!words.length) return act.redraw(work.page);
      return act.add({ kind: "highlight", page: number, shape: { boxes: boxesOf(words) }, text: words.map((word) => word.t).join(" ") });
    };
    if (work.words) finish();
    else work.ended = finish;
  }

  function nearest(words, x, y) {
    let best = 0;
    let least = Infinity;
    words.forEach((word, at) => {
      const across = Math.max(word.x - x, 0, x - word.x - word.w);
      const down = Math.max(word.y - y, 0, y - word.y - word.h);
      const far = across + down * 4;
      if (far < least) { least = far; best = at; }
    });
    return best;
  }
}
