// [data-swipe]: a finger drawn across the page goes to its a[rel=prev] or a[rel=next], as one leafs through papers.
import { behaviour } from "./behaviour.js";

const far = 90;

behaviour("[data-swipe]", (element) => {
  let start = null;
  document.addEventListener("touchstart", (event) => {
    const touch = event.touches.length === 1 ? event.touches[0] : null;
    // What scrolls sideways or is being filled in keeps its own gestures.
    const taken = event.target.closest && event.target.closest("input, textarea, select, .table-wrap");
    start = touch && !taken ? { x: touch.clientX, y: touch.clientY } : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!start || !element.isConnected) return;
    const touch = event.changedTouches[0];
    const [across, down] = [touch.clientX - start.x, touch.clientY - start.y];
    start = null;
    if (Math.abs(across) < far || Math.abs(down) > Math.abs(across) / 2) return;
    const link = element.querySelector(across < 0 ? "a[rel=next]" : "a[rel=prev]");
    if (link) link.click();
  }, { passive: true });
});
